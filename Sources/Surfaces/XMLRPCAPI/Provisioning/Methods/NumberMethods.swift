import Management
import Routing
import SQLiteStore
import XMLRPCValues

extension ProvisioningMethodMaker {
    /// Numbers that come in (§4.8).
    var numbers: [XMLRPCMethod] { [addNumber, updateNumber, deleteNumber, numberInformation, listNumbers] }

    /// Takes the members over, and leaves one target at most: an account that is named takes the number from an
    /// application or a connection, and an application from a connection.
    private static func fill(_ did: inout Provisioned<DID>, from arguments: XMLRPCArguments) throws {
        try DocumentedFields.number.fill(&did, from: arguments)
        if arguments.has("i_account"), did.object.account != nil, !arguments.has("i_ivr_application") {
            did.object.application = nil
        }
        if arguments.has("i_ivr_application"), !arguments.has("i_account") { did.object.account = nil }
        if did.object.account != nil || did.object.application != nil, let connection = did.object.connection {
            did.object.connection = nil
            did.attributes["i_connection"] = .integer(connection)
        }
    }

    private var addNumber: XMLRPCMethod {
        method(
            "addDID",
            """
            Makes a number. Required: did, incoming_did. It leads to i_account, to i_ivr_application, or without either to \
            i_connection. Result: i_did.
            """
        ) { [ledger] arguments, scope in
            let number = try arguments.requiredString("did")
            try arguments.demand("incoming_did")
            guard !arguments.has("did_range_end") else {
                throw XMLRPCFault.malformed("did_range_end is not supported; add the numbers one by one")
            }
            let made = try await ledger.createNumber(number, in: scope) { try Self.fill(&$0, from: arguments) }
            return [.init("i_did", .int(made.object.id))]
        }
    }

    /// The number that a call is about: by `i_did`, else by `did`.
    private static func name(_ arguments: XMLRPCArguments) throws -> (id: Int?, number: String?) {
        let id = try arguments.integer("i_did")
        let number = try arguments.string("did")
        guard id != nil || number != nil else { throw XMLRPCFault.missing("i_did") }
        return (id, number)
    }

    private var updateNumber: XMLRPCMethod {
        method("updateDID", "Changes a number. Required: i_did or did; nil for i_account takes the number back.") {
            [ledger] arguments, scope in
            let (id, number) = try Self.name(arguments)
            try await ledger.updateNumber(id, or: number, in: scope) { try Self.fill(&$0, from: arguments) }
            return []
        }
    }

    private var deleteNumber: XMLRPCMethod {
        method("deleteDID", "Removes a number. Required: i_did or did.") { [ledger] arguments, scope in
            let (id, number) = try Self.name(arguments)
            try await ledger.deleteNumber(id, or: number, in: scope)
            return []
        }
    }

    private static func members(of did: Provisioned<DID>) -> [XMLRPCStruct.Member] {
        [XMLRPCStruct.Member("i_did", .int(did.object.id))] + DocumentedFields.number.members(of: did)
    }

    private var numberInformation: XMLRPCMethod {
        method("getDIDInfo", "A number. Required: i_did or did.") { [ledger] arguments, scope in
            let (id, number) = try Self.name(arguments)
            return Self.members(of: try await ledger.number(id, or: number, in: scope))
        }
    }

    private var listNumbers: XMLRPCMethod {
        method(
            "getDIDsList",
            """
            Numbers. Optional: did and incoming_did (as SQL's LIKE), i_account, i_ivr_application, not_assigned, offset, \
            limit. Result: dids.
            """
        ) { [ledger] arguments, scope in
            var filter = NumberFilter()
            filter.number = try arguments.pattern("did")
            filter.incomingNumber = try arguments.pattern("incoming_did")
            filter.account = try arguments.integer("i_account")
            filter.application = try arguments.string("i_ivr_application")
            filter.isUnassigned = try arguments.boolean("not_assigned") ?? false
            if arguments.has("delegated_to") { return [Self.list("dids", [])] }
            let dids = try await ledger.numbers(filter, try arguments.page(), in: scope)
            return [Self.list("dids", dids.map(Self.members))]
        }
    }
}
