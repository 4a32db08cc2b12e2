import Addresses
import Routing
import Testing
import Timeline

/// Tables that follow single edits must answer what tables answer that are compiled from the whole.
@Suite("Tables that follow edits") struct TableEditTests {
    /// What is provisioned, the tables that followed it, and dice.
    private struct World {
        var all = Provisioning()
        var tables: RoutingTables
        var dice: IdentifierSource
        private let names = ["a", "b", "c", "d", "e", "f"]
        private let addresses: [String?] = ["10.0.0.1", "10.0.0.0/8", "192.0.2.7", "2001:db8::/32", nil]
        private let patterns: [String?] = [nil, "1", "12*", "44"]
        private let domains: [String?] = [nil, nil, "one.example", "TWO.example"]

        init(seed: UInt64) throws {
            dice = IdentifierSource(seed: seed)
            all.customers = [.root, Customer(id: 2, parent: 1, name: "two")]
            all.vendors = [Vendor(id: 1, name: "v")]
            all.connections = [Connection(id: 1, vendor: 1, name: "c", destination: "sip:127.0.0.1:5070")]
            all.destinationSets = [DestinationSet(id: 1, name: "s"), DestinationSet(id: 2, name: "t")]
            all.routingGroups = [
                RoutingGroup(
                    id: 1, name: "g",
                    members: [
                        RoutingGroupMember(connection: 1, destinationSet: 1),
                        RoutingGroupMember(connection: 1, destinationSet: 2),
                    ])
            ]
            tables = try RoutingTables(compiling: all)
        }

        private mutating func pick<T>(_ choices: [T]) -> T { choices[dice.number(below: choices.count)] }

        /// Makes one edit; where the whole refuses it, the tables must refuse it too and nothing changes.
        mutating func step() throws {
            var next = all
            let edits = edit(&next)
            guard !edits.isEmpty else { return }
            do throws(ProvisioningError) {
                _ = try RoutingTables(compiling: next)
            } catch {
                #expect(throws: ProvisioningError.self) { _ = try tables.applying(edits, at: nil) }
                return
            }
            tables = try #require(try tables.applying(edits, at: nil))
            all = next
        }

        private mutating func edit(_ next: inout Provisioning) -> [ProvisioningEdit] {
            switch dice.number(below: 14) {
            case 0, 1, 2: return [editAccount(&next)]
            case 3: return removeAccount(&next)
            case 4, 5: return [editRule(&next)]
            case 6: return [editRoute(&next)]
            case 7: return [editNumber(&next)]
            case 8: return [editVendor(&next)]
            case 9, 10: return [editConnection(&next)]
            case 11: return [editSet(&next)]
            case 12: return [editGroup(&next)]
            default:
                let customer = Customer(id: next.customers.count + 1, parent: pick(next.customers).id, name: "n")
                next.customers.append(customer)
                return [.customer(.init(from: nil, to: customer))]
            }
        }

        private mutating func editAccount(_ next: inout Provisioning) -> ProvisioningEdit {
            let id = 1 + dice.number(below: 12)
            var account = Account(id: id, customer: pick(next.customers).id)
            account.authname = pick(names)
            account.username = pick(names)
            account.voipPassword = "p"
            account.maxSessions = dice.number(below: 4) - 2
            account.isBlocked = dice.number(below: 2) == 0
            account.routingGroup = pick([nil, 1, 1, 2])
            if let place = next.accounts.firstIndex(where: { $0.id == id }) {
                let before = next.accounts[place]
                account.customer = before.customer
                next.accounts[place] = account
                return .account(.init(from: before, to: account))
            }
            next.accounts.append(account)
            return .account(.init(from: nil, to: account))
        }

        private mutating func removeAccount(_ next: inout Provisioning) -> [ProvisioningEdit] {
            guard !next.accounts.isEmpty else { return [] }
            let account = next.accounts.remove(at: dice.number(below: next.accounts.count))
            let rules = next.authenticationRules.filter { $0.account == account.id }
            let dids = next.dids.filter { $0.account == account.id }
            next.authenticationRules.removeAll { $0.account == account.id }
            next.dids.removeAll { $0.account == account.id }
            return rules.map { .rule(.init(from: $0, to: nil)) } + dids.map { .did(.init(from: $0, to: nil)) }
                + [.account(.init(from: account, to: nil))]
        }

        private mutating func editRule(_ next: inout Provisioning) -> ProvisioningEdit {
            if dice.number(below: 4) == 0, !next.authenticationRules.isEmpty {
                let rule = next.authenticationRules.remove(at: dice.number(below: next.authenticationRules.count))
                return .rule(.init(from: rule, to: nil))
            }
            let id = 1 + (next.authenticationRules.map(\.id).max() ?? 0)
            var rule = AuthenticationRule(
                id: id, account: next.accounts.isEmpty ? 99 : pick(next.accounts).id, remoteIP: pick(addresses))
            rule.cli = pick(patterns)
            rule.cld = pick(patterns)
            rule.toDomain = pick(domains)
            rule.fromDomain = pick(domains)
            let isTaken = next.authenticationRules.contains { other in
                var other = other
                (other.id, other.account) = (rule.id, rule.account)
                return other == rule
            }
            if isTaken { rule.cli = "only-\(id)" }
            next.authenticationRules.append(rule)
            return .rule(.init(from: nil, to: rule))
        }

        private mutating func editRoute(_ next: inout Provisioning) -> ProvisioningEdit {
            let set = dice.number(below: next.destinationSets.count)
            var route = Route(prefix: pick(["", "1", "12", "123", "4"]))
            route.preference = dice.number(below: 5)
            route.forbidden = dice.number(below: 4) == 0
            guard let place = next.destinationSets[set].routes.firstIndex(where: { $0.prefix == route.prefix }) else {
                next.destinationSets[set].routes.append(route)
                return .route(set: next.destinationSets[set].id, .init(from: nil, to: route))
            }
            let before = next.destinationSets[set].routes[place]
            if dice.number(below: 2) == 0 {
                next.destinationSets[set].routes.remove(at: place)
                return .route(set: next.destinationSets[set].id, .init(from: before, to: nil))
            }
            next.destinationSets[set].routes[place] = route
            return .route(set: next.destinationSets[set].id, .init(from: before, to: route))
        }

        private mutating func editVendor(_ next: inout Provisioning) -> ProvisioningEdit {
            let vendor = Vendor(id: 1 + dice.number(below: 3), name: pick(["v", "w", ""]))
            guard let place = next.vendors.firstIndex(where: { $0.id == vendor.id }) else {
                next.vendors.append(vendor)
                return .vendor(.init(from: nil, to: vendor))
            }
            let before = next.vendors[place]
            if dice.number(below: 2) == 0 {
                next.vendors.remove(at: place)
                return .vendor(.init(from: before, to: nil))
            }
            next.vendors[place] = vendor
            return .vendor(.init(from: before, to: vendor))
        }

        private mutating func editConnection(_ next: inout Provisioning) -> ProvisioningEdit {
            var connection = Connection(
                id: 1 + dice.number(below: 4), vendor: 1 + dice.number(below: 3), name: "c",
                destination: pick(["sip:127.0.0.1:5070", "sip:127.0.0.2", "sip:carrier.example", "no address at all"]))
            connection.capacity = dice.number(below: 5) - 2
            connection.isBlocked = dice.number(below: 3) == 0
            guard let place = next.connections.firstIndex(where: { $0.id == connection.id }) else {
                next.connections.append(connection)
                return .connection(.init(from: nil, to: connection))
            }
            let before = next.connections[place]
            next.connections[place] = connection
            return .connection(.init(from: before, to: connection))
        }

        private mutating func editSet(_ next: inout Provisioning) -> ProvisioningEdit {
            var set = DestinationSet(id: 1 + dice.number(below: 4), name: pick(["s", "t", ""]))
            guard let place = next.destinationSets.firstIndex(where: { $0.id == set.id }) else {
                next.destinationSets.append(set)
                return .destinationSet(.init(from: nil, to: set))
            }
            var before = next.destinationSets[place]
            set.routes = before.routes
            next.destinationSets[place] = set
            (before.routes, set.routes) = ([], [])
            return .destinationSet(.init(from: before, to: set))
        }

        private mutating func editGroup(_ next: inout Provisioning) -> ProvisioningEdit {
            var group = RoutingGroup(id: 1 + dice.number(below: 2), name: "g")
            group.policy = pick([.preference, .order, .prefix])
            for _ in 0..<dice.number(below: 4) {
                var member = RoutingGroupMember(
                    connection: 1 + dice.number(below: 4), destinationSet: 1 + dice.number(below: 4))
                member.id = dice.number(below: 8)
                member.preference = dice.number(below: 3)
                group.members.append(member)
            }
            guard let place = next.routingGroups.firstIndex(where: { $0.id == group.id }) else {
                next.routingGroups.append(group)
                return .routingGroup(.init(from: nil, to: group))
            }
            let before = next.routingGroups[place]
            next.routingGroups[place] = group
            return .routingGroup(.init(from: before, to: group))
        }

        private mutating func editNumber(_ next: inout Provisioning) -> ProvisioningEdit {
            var did = DID(number: pick(["500", "501", "502"]))
            did.incomingNumber = pick([nil, "600", "601"])
            if dice.number(below: 3) > 0 { did.connection = 1 }
            if dice.number(below: 3) == 0, let account = next.accounts.first?.id {
                (did.account, did.connection) = (account, nil)
            }
            guard let place = next.dids.firstIndex(where: { $0.number == did.number }) else {
                next.dids.append(did)
                return .did(.init(from: nil, to: did))
            }
            let before = next.dids[place]
            if dice.number(below: 2) == 0 {
                next.dids.remove(at: place)
                return .did(.init(from: before, to: nil))
            }
            next.dids[place] = did
            return .did(.init(from: before, to: did))
        }

        // MARK: Comparing

        /// Everything that calls can see of the tables.
        mutating func view(_ tables: RoutingTables) -> [String] {
            var seen: [String] = []
            for id in 1...13 {
                guard let position = tables.account(id: id) else {
                    seen.append("no account \(id)")
                    continue
                }
                let account = tables.accounts[position]
                let owner = tables.customers[account.customer].id
                seen.append("\(account.id) \(owner) \(account.maxSessions) \(account.isBlocked) \(account.authname)")
                for number in ["1", "12", "123", "1234", "4", "9"] { seen.append(routes(tables, position, number)) }
            }
            for id in 1...4 {
                let connection = tables.connection(id: id).map { tables.connections[$0] }
                seen.append("\(connection?.vendor ?? 0) \(connection?.capacity ?? 0) \(connection?.isBlocked ?? false)")
            }
            for address in ["127.0.0.1", "127.0.0.2"] {
                let found = tables.connection(at: IPAddress(address)!).map { tables.connections[$0].id }
                seen.append("\(address) \(found ?? 0)")
            }
            for name in names {
                let digest = tables.account(authname: Array(name.utf8)).map { tables.accounts[$0].id }
                let web = tables.account(username: Array(name.utf8)).map { tables.accounts[$0].id }
                seen.append("\(name) \(digest ?? 0) \(web ?? 0)")
            }
            for number in ["500", "501", "502", "600", "601"] { seen.append("\(number) \(target(tables, number))") }
            for address in ["10.0.0.1", "10.9.9.9", "192.0.2.7", "2001:db8::1", "198.51.100.1"] {
                for cli in ["1", "120", "7", "only-3"] {
                    for (to, from) in [("", ""), ("one.example", "two.example"), ("two.example", "")] {
                        let conditions = RuleConditions(
                            cli: Array(cli.utf8), cld: Array("44".utf8), toDomain: Array(to.utf8),
                            fromDomain: Array(from.utf8))
                        let found = tables.account(source: IPAddress(address)!, conditions)
                        seen.append("\(found?.rule ?? 0) \(found.map { tables.accounts[$0.account].id } ?? 0)")
                    }
                }
            }
            return seen
        }

        private mutating func routes(_ tables: RoutingTables, _ account: Int, _ number: String) -> String {
            var candidates: [RouteCandidate] = []
            let selection = RouteSelector(tables: tables).select(
                account: account, cld: Array(number.utf8), dice: &dice, into: &candidates)
            return
                "\(selection) \(candidates.map { "\($0.member) \($0.connectionID) \($0.prefixLength) \($0.preference)" })"
        }

        private func target(_ tables: RoutingTables, _ number: String) -> String {
            switch tables.did(Array(number.utf8)) {
            case .account(let position): "account \(tables.accounts[position].id)"
            case .connection(let position): "connection \(tables.connections[position].id)"
            case .application(let position): "application \(tables.applications[position].id)"
            case nil: "none"
            }
        }
    }

    @Test("after random edits they answer what tables answer that are compiled at once", arguments: 1...8)
    func againstCompilation(seed: Int) throws {
        var world = try World(seed: UInt64(seed))
        for _ in 0..<60 {
            for _ in 0..<8 { try world.step() }
            let followed = world.view(world.tables)
            let compiled = world.view(try RoutingTables(compiling: world.all))
            #expect(followed == compiled)
            guard followed == compiled else { return }
        }
    }

    @Test("what stands between two dates is in force between them only, and the tables say when to look again")
    func dates() throws {
        var provisioning = exampleProvisioning()
        provisioning.accounts[0].expiration = 3_000
        var route = Route(prefix: "99")
        route.validity = Validity(activation: 1_000, expiration: 2_000)
        provisioning.destinationSets[0].routes.append(route)
        func isBlocked(_ now: Int64) throws -> Bool {
            try RoutingTables(compiling: provisioning, at: now).accounts[0].isBlocked
        }
        func prefixLength(_ now: Int64) throws -> Int? {
            var dice = IdentifierSource(seed: 1)
            var found: [RouteCandidate] = []
            let tables = try RoutingTables(compiling: provisioning, at: now)
            _ = RouteSelector(tables: tables).select(account: 0, cld: bytes("9911"), dice: &dice, into: &found)
            return found.first.map { Int($0.prefixLength) }
        }
        #expect(try [999, 1_000, 1_999, 2_000].map(prefixLength) == [0, 2, 2, 0])
        #expect(try [2_999, 3_000].map(isBlocked) == [false, true])
        let changes = try [0, 1_000, 2_000, 3_000].map { try RoutingTables(compiling: provisioning, at: $0).nextChange }
        #expect(changes == [1_000, 2_000, 3_000, nil])
        #expect(try RoutingTables(compiling: provisioning).nextChange == nil)
    }
}
