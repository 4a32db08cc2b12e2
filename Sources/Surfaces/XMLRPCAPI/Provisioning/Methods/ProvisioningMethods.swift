import Management
import SQLiteStore
import XMLRPCValues

/// The methods that change and show what is provisioned (active-calls-xmlrpc.md §4).
public enum ProvisioningMethods {
    /// All of them.
    public static func all(_ management: SwitchManagement) -> [XMLRPCMethod] {
        let make = ProvisioningMethodMaker(management)
        let all: [[XMLRPCMethod]] = [
            make.accounts, make.rules, make.customers, make.vendors, make.connections, make.destinationSets,
            make.routes,
            make.groups, make.members, make.numbers, make.records, make.dictionaries,
        ]
        return all.flatMap { $0 }
    }
}

/// Makes methods out of use cases.
struct ProvisioningMethodMaker: Sendable {
    let management: SwitchManagement
    var ledger: ProvisioningLedger { management.provisioning }

    init(_ management: SwitchManagement) { self.management = management }

    /// A method that runs with the rights of the caller, or those of the customer in the member `owner`; its result is a
    /// struct with `result` and what `body` gives.
    func method(
        _ name: String, _ help: String, owner: String = "i_customer",
        _ body: @escaping @Sendable (XMLRPCArguments, AccessScope) async throws -> [XMLRPCStruct.Member]
    ) -> XMLRPCMethod {
        XMLRPCMethod(name, help: "\(help) In trusted mode \(owner) says whose rights are used (root's by default).") {
            [management] arguments, access in
            let scope = try await access.scope(arguments, owner, isRequired: false, in: management)
            let members = try await body(arguments, scope)
            return .structure(XMLRPCStruct([XMLRPCStruct.Member("result", .string("OK"))] + members))
        }
    }

    /// The same under several names.
    func methods(
        _ names: [String], _ help: String, owner: String = "i_customer",
        _ body: @escaping @Sendable (XMLRPCArguments, AccessScope) async throws -> [XMLRPCStruct.Member]
    ) -> [XMLRPCMethod] {
        names.map { method($0, help, owner: owner, body) }
    }

    /// A list as one member.
    static func list(_ name: String, _ rows: [[XMLRPCStruct.Member]]) -> XMLRPCStruct.Member {
        XMLRPCStruct.Member(name, .array(rows.map { .structure(XMLRPCStruct($0)) }))
    }
}

extension XMLRPCArguments {
    /// Throws fault 501 for the first member that is missing; an empty text and `nil` where `allowsNull` are there.
    func demand(_ names: String..., allowsNull: Set<String> = []) throws(XMLRPCFault) {
        for name in names where !has(name) && !(allowsNull.contains(name) && isNull(name)) { throw .missing(name) }
    }

    /// The part of a list that `offset` and `limit` ask for.
    func page() throws(XMLRPCFault) -> ProvisioningPage {
        let offset = try integer("offset") ?? 0
        let limit = try integer("limit")
        guard offset >= 0 else { throw .wrongType("offset", "0 or more") }
        guard limit ?? 0 >= 0 else { throw .wrongType("limit", "0 or more") }
        return ProvisioningPage(offset: offset, limit: limit)
    }

    /// A pattern of SQL's LIKE.
    func pattern(_ name: String) throws(XMLRPCFault) -> LikePattern? {
        try string(name).map { LikePattern($0) }
    }
}

extension Provisioned {
    /// A kept number; nil where there is none.
    func keptNumber(_ name: String) -> Double? {
        switch attributes[name] {
        case .number(let value): value
        case .integer(let value): Double(value)
        case nil, .null, .text, .boolean: nil
        }
    }

    /// A kept text; nil where there is none.
    func keptText(_ name: String) -> String? {
        guard case .text(let text) = attributes[name] else { return nil }
        return text
    }
}
