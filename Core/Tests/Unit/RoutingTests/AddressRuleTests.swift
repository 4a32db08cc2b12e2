import Addresses
import Routing
import Testing
import Timeline

@Suite struct AddressRuleTests {
    private func tables(_ rules: [AuthenticationRule]) throws -> RoutingTables {
        var provisioning = exampleProvisioning()
        provisioning.authenticationRules = rules
        for id in Set(rules.map(\.account)) where id != 3 { provisioning.accounts.append(Account(id: id, customer: 2)) }
        return try RoutingTables(compiling: provisioning)
    }

    private func rule(_ tables: RoutingTables, _ address: String, cli: String = "1", cld: String = "2") -> Int? {
        tables.account(source: IPAddress(address)!, cli: bytes(cli), cld: bytes(cld))?.rule
    }

    @Test("the longest network wins, and nobody is trusted outside all of them")
    func networks() throws {
        let tables = try tables([
            AuthenticationRule(id: 1, account: 3, remoteIP: "10.0.0.0/8"),
            AuthenticationRule(id: 2, account: 4, remoteIP: "10.1.0.0/16"),
            AuthenticationRule(id: 3, account: 5, remoteIP: "10.1.2.3"),
            AuthenticationRule(id: 4, account: 6, remoteIP: "2001:db8::/32"),
            AuthenticationRule(id: 5, account: 7, remoteIP: "2001:db8:0:1::/64"),
            AuthenticationRule(id: 6, account: 8, remoteIP: "2001:db8:0:1::7/128"),
        ])
        #expect(rule(tables, "10.9.9.9") == 1)
        #expect(rule(tables, "10.1.9.9") == 2)
        #expect(rule(tables, "10.1.2.3") == 3)
        #expect(rule(tables, "11.0.0.1") == nil)
        #expect(rule(tables, "2001:db8:ffff::1") == 4)
        #expect(rule(tables, "2001:db8:0:1::8") == 5)
        #expect(rule(tables, "2001:db8:0:1::7") == 6)
        #expect(rule(tables, "2001:db9::") == nil)
        #expect(rule(tables, "::ffff:10.1.2.3") == 3)
        #expect(tables.accounts[tables.account(source: IPAddress("10.1.2.3")!, cli: [], cld: [])!.account].id == 5)
    }

    @Test("within one network the rule that says more about the numbers wins, then the lowest id")
    func patterns() throws {
        let network = "192.0.2.0/24"
        let tables = try tables([
            AuthenticationRule(id: 9, account: 3, remoteIP: network),
            AuthenticationRule(id: 8, account: 3, remoteIP: network, cli: "44*"),
            AuthenticationRule(id: 7, account: 3, remoteIP: network, cli: "4420*"),
            AuthenticationRule(id: 6, account: 3, remoteIP: network, cli: "442071"),
            AuthenticationRule(id: 5, account: 3, remoteIP: network, cld: "33*"),
            AuthenticationRule(id: 4, account: 3, remoteIP: network, cli: "4*", cld: "33*"),
            AuthenticationRule(id: 3, account: 3, remoteIP: "192.0.2.77", cli: "1"),
            AuthenticationRule(id: 11, account: 3, remoteIP: network, cli: "442071"),
            AuthenticationRule(id: 2, account: 3, remoteIP: "0.0.0.0/0", cli: "*", cld: "999"),
        ])
        #expect(rule(tables, "192.0.2.1", cli: "7", cld: "8") == 9)
        #expect(rule(tables, "192.0.2.1", cli: "4499", cld: "8") == 8)
        #expect(rule(tables, "192.0.2.1", cli: "442099", cld: "8") == 7)
        #expect(rule(tables, "192.0.2.1", cli: "442071", cld: "8") == 6)
        #expect(rule(tables, "192.0.2.1", cli: "7", cld: "331") == 5)
        #expect(rule(tables, "192.0.2.1", cli: "442071", cld: "331") == 4)
        #expect(rule(tables, "192.0.2.77", cli: "1", cld: "8") == 3)
        #expect(rule(tables, "192.0.2.77", cli: "2", cld: "8") == 9)
        #expect(rule(tables, "198.51.100.1", cli: "", cld: "999") == 2)
        #expect(rule(tables, "198.51.100.1", cli: "", cld: "9990") == nil)
    }

    @Test("the table finds what a search through all rules finds")
    func againstSearch() throws {
        var dice = IdentifierSource(seed: 11)
        let patterns: [String?] = [nil, nil, "1", "12", "1*", "12*", "*", "2*"]
        for _ in 0..<30 {
            let rules = (1...40).map { id in
                let address = IPAddress(v4: UInt32(dice.number(below: 4)) << 30 | UInt32(dice.number(below: 4)))
                return AuthenticationRule(
                    id: id, account: 3, remoteIP: "\(address)/\([0, 1, 2, 30, 31, 32][dice.number(below: 6)])",
                    cli: patterns[dice.number(below: patterns.count)], cld: patterns[dice.number(below: patterns.count)]
                )
            }
            let tables = try tables(rules)
            for _ in 0..<60 {
                let source = IPAddress(v4: UInt32(dice.number(below: 4)) << 30 | UInt32(dice.number(below: 4)))
                let cli = ["1", "12", "123", "2", ""][dice.number(below: 5)]
                let cld = ["1", "12", "123", "2", ""][dice.number(below: 5)]
                let expected = rules.filter { rule in
                    IPNetwork(rule.remoteIP!)!.contains(source) && fits(cli, rule.cli) && fits(cld, rule.cld)
                }.max { ranks($0).lexicographicallyPrecedes(ranks($1)) }
                #expect(tables.account(source: source, cli: bytes(cli), cld: bytes(cld))?.rule == expected?.id)
            }
        }
    }

    private func fits(_ number: String, _ pattern: String?) -> Bool {
        guard let pattern else { return true }
        return pattern.hasSuffix("*") ? number.hasPrefix(pattern.dropLast()) : number == pattern
    }

    private func ranks(_ rule: AuthenticationRule) -> [Int] {
        func rank(_ pattern: String?) -> Int {
            guard let pattern else { return 0 }
            return pattern.hasSuffix("*") ? pattern.count : 255
        }
        let given = (rule.cli == nil ? 0 : 1) + (rule.cld == nil ? 0 : 1)
        return [IPNetwork(rule.remoteIP!)!.prefixLength, given, rank(rule.cli), rank(rule.cld), -rule.id]
    }
}
