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

    /// The story of a call that came in with these numbers, under the account at a position of `tables`.
    public init(_ tables: RoutingTables, account position: Int, cli: String, cld: String) {
        explain(tables, account: position, cli: cli, cld: cld)
    }

    private mutating func explain(_ tables: RoutingTables, account position: Int, cli: String, cld: String) {
        let account = tables.accounts[position]
        let customer = tables.customers[account.customer]
        say("account \(account.id) of customer \(customer.id) (\(customer.name.printable))")
        if account.isBlocked { return say("refused with 403: the account is blocked") }
        guard let caller = translated(cli, by: account.cliTranslation, "cli", "the account's"),
            let called = translated(cld, by: account.cldTranslation, "cld", "the account's")
        else { return say("refused with 484: a number cannot be translated") }
        switch tables.did(Array(cld.utf8)) {
        case .connection(let position):
            let connection = tables.connections[position]
            say("\(cld.printable) is a number that comes in and leads to connection \(connection.name.printable)")
            hasRoute = true
            return explain(connection, caller, called)
        case .account, .application:
            return say("refused with 480: the number leads to a phone or an application, which is not served yet")
        case nil: break
        }
        explainRoutes(tables, position, caller, called)
    }

    private mutating func explainRoutes(
        _ tables: RoutingTables, _ account: Int, _ caller: [UInt8], _ called: [UInt8]
    ) {
        var dice = IdentifierSource(seed: 1)
        let found = RouteSelector(tables: tables).explain(account: account, cld: called, dice: &dice)
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
        _ number: String, by rule: NumberTranslation?, _ name: String, _ owner: String
    ) -> [UInt8]? {
        guard let rule else {
            say("\(name) \(number.printable)")
            return Array(number.utf8)
        }
        let outcome = rule.apply(to: Array(number.utf8))
        let written = outcome.map { String(decoding: $0, as: UTF8.self).printable }
        say("\(name) \(number.printable) → \(written ?? "nothing") by \(owner) \(name)_translation")
        return outcome
    }

    private mutating func say(_ line: String) { lines.append(line) }
}
