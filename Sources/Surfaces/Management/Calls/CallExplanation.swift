import Addresses
import ConfigurationFiles
import Routing
import Timeline

/// What routing would do with a call, said by the code that routes calls: who the caller is taken for, how numbers are
/// translated, and each candidate with the reason why it was kept or dropped.
public struct CallExplanation: Sendable {
    /// The story, a line for each step.
    public private(set) var lines: [String] = []
    /// Whether the call would be sent anywhere.
    public private(set) var hasRoute = false

    /// Who the caller is taken for.
    public struct Caller: Sendable {
        /// Position of the account in the tables.
        public var account: Int
        /// What the authentication rule says that lets it in; nil for digest.
        public var terms: RuleTerms?

        public init(account: Int, terms: RuleTerms? = nil) {
            self.account = account
            self.terms = terms
        }
    }

    /// The story of a call of `caller` that came in with these numbers.
    public init(_ tables: RoutingTables, caller: Caller, cli: String, cld: String) {
        explain(tables, caller, cli: cli, cld: cld)
    }

    private mutating func explain(_ tables: RoutingTables, _ party: Caller, cli: String, cld: String) {
        let position = party.account
        let account = tables.accounts[position]
        let customer = tables.customers[account.customer]
        say("account \(account.id) of customer \(customer.id) (\(customer.name.printable))")
        if account.isBlocked { return say("refused with 403: the account is blocked") }
        guard let caller = translated(cli, [party.terms?.cliTranslation, account.cliTranslation], "cli"),
            let called = translated(cld, [party.terms?.cldTranslation, account.cldTranslation], "cld")
        else { return say("refused with 484: a number cannot be translated") }
        let number = tables.incomingNumber(Array(cld.utf8))
        switch number?.target {
        case .connection(let position):
            let connection = tables.connections[position]
            say("\(cld.printable) is a number that comes in and leads to connection \(connection.name.printable)")
            hasRoute = true
            return explain(connection, caller, called)
        case .application(let position):
            let application = tables.applications[position]
            say("\(cld.printable) is a number that comes in and leads to application \(application.name.printable)")
            hasRoute = true
            return
        case .account:
            return say("refused with 480: the number leads to a phone, which is not served yet")
        case nil:
            if number?.owner != nil {
                return say("refused with 404: the number is a user's and leads nowhere")
            }
        }
        explainRoutes(tables, party, caller, called)
    }

    private mutating func explainRoutes(
        _ tables: RoutingTables, _ party: Caller, _ caller: [UInt8], _ called: [UInt8]
    ) {
        var dice = IdentifierSource(seed: 1)
        let found = RouteSelector(tables: tables).explain(
            account: party.account, group: party.terms?.routingGroup, cld: called, dice: &dice)
        if let group = found.group, let policy = found.policy {
            say("routing group \(group) (\(found.groupName?.printable ?? "")), policy \(policy.rawValue)")
        }
        for line in found.lines {
            say("  \(line.sentence.printable)")
            guard line.refusal == nil, let position = tables.connection(id: line.connection) else { continue }
            explain(tables.connections[position], caller, called)
        }
        switch found.selection {
        case .routes: hasRoute = true
        case .forbidden: say("refused with 403: the destination is forbidden")
        case .noRoutingGroup: say("refused with 403: neither the account nor a customer above has a routing group")
        case .noRoute: say("refused with 404: no prefix fits")
        case .unavailable: say("refused with 503: every connection that fits is skipped")
        }
    }

    private mutating func explain(_ connection: ConnectionEntry, _ caller: [UInt8], _ called: [UInt8]) {
        let numbers = [
            ("cli", caller, connection.cliTranslation), ("cld", called, connection.cldTranslation),
        ].map { name, number, rule in
            let outcome = rule.map { $0.apply(to: number) } ?? number
            return "\(name) \(outcome.map { String(decoding: $0, as: UTF8.self).printable } ?? "untranslatable")"
        }
        let way = connection.destination.endpoint.map { "\(connection.destination.transport):\($0)" } ?? "a host name"
        say("     to \(way) with \(numbers.joined(separator: ", "))")
    }

    private mutating func translated(
        _ number: String, _ rules: [NumberTranslation?], _ name: String
    ) -> [UInt8]? {
        var current = Array(number.utf8)
        if rules.allSatisfy({ $0 == nil }) { say("\(name) \(number.printable)") }
        for (rule, owner) in zip(rules, ["the authentication rule's", "the account's"]) {
            guard let rule else { continue }
            let before = String(decoding: current, as: UTF8.self).printable
            let outcome = rule.apply(to: current)
            let written = outcome.map { String(decoding: $0, as: UTF8.self).printable }
            say("\(name) \(before) → \(written ?? "nothing") by \(owner) \(name)_translation")
            guard let outcome else { return nil }
            current = outcome
        }
        return current
    }

    private mutating func say(_ line: String) { lines.append(line) }
}
