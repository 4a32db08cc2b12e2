import Management
import SwitchEngine
import XMLRPCValues

/// The methods about active calls.
enum CallMethods {
    static func all(_ management: SwitchManagement) -> [XMLRPCMethod] {
        [
            listing("listAllCalls", .all, management), listing("listActiveCalls", .active, management),
            disconnectCall(management), disconnectAccount(management), disconnectCustomer(management),
            accountStatistics(management), customerStatistics(management),
        ]
    }

    // MARK: Listing

    private static func listing(
        _ name: String, _ population: CallFilter.Population, _ management: SwitchManagement
    ) -> XMLRPCMethod {
        let shown = population == .all ? "in any state" : "in the states Connected, ARComplete and WaitRoute"
        let help = """
            Calls \(shown). Parameters: recursive (boolean, true), i_account, i_vendor, i_connection (wins over \
            i_vendor), order (oldest_first, oldest_last, longest_first, longest_last), i_customer (trusted mode). \
            Result: an array of structs.
            """
        return XMLRPCMethod(name, help: help, signature: ["array", "struct"]) { arguments, access in
            let scope = try await access.scope(arguments, in: management)
            let filter = try filter(population, arguments)
            var writer = XMLRPCWriter()
            writer.beginArray()
            for await page in management.callPages(filter, in: scope) {
                for call in page { writer.call(call) }
            }
            writer.endArray()
            return .written(writer.finished())
        }
    }

    private static func filter(
        _ population: CallFilter.Population, _ arguments: XMLRPCArguments
    ) throws(XMLRPCFault) -> CallFilter {
        var filter = CallFilter(population)
        filter.recursive = try arguments.boolean("recursive") ?? true
        filter.account = try arguments.integer("i_account")
        filter.vendor = try arguments.integer("i_vendor")
        filter.connection = try arguments.integer("i_connection")
        if let name = try arguments.string("order") {
            guard let order = CallFilter.Order(rawValue: name) else {
                let names = CallFilter.Order.allCases.map(\.rawValue).joined(separator: ", ")
                throw .wrongType("order", "one of \(names)")
            }
            filter.order = order
        }
        return filter
    }

    // MARK: Disconnecting

    private static func disconnectCall(_ management: SwitchManagement) -> XMLRPCMethod {
        let help = """
            Ends a call. Parameters: ID (string, required), i_customer (trusted mode, optional). Result: OK, or \
            "Call not found or not accessible".
            """
        return XMLRPCMethod("disconnectCall", help: help) { arguments, access in
            let id = try arguments.requiredString("ID")
            let scope = try await access.scope(arguments, isRequired: false, in: management)
            let number = UInt64(XMLRPCText.trimmed(id))
            let isFound = if let number { await management.disconnect(number, in: scope) } else { false }
            return ["result": .string(isFound ? "OK" : "Call not found or not accessible")]
        }
    }

    private static func disconnectAccount(_ management: SwitchManagement) -> XMLRPCMethod {
        let help = """
            Ends all calls of an account. Parameters: i_account (required), i_customer (trusted mode, optional). \
            Result: result and count, the number of calls ended.
            """
        return XMLRPCMethod("disconnectAccount", help: help) { arguments, access in
            let account = try arguments.requiredInteger("i_account")
            let scope = try await access.scope(arguments, isRequired: false, in: management)
            return ["result": "OK", "count": .int(try await management.disconnectAccount(account, in: scope))]
        }
    }

    private static func disconnectCustomer(_ management: SwitchManagement) -> XMLRPCMethod {
        let help = """
            Ends all calls of a customer and of the customers below it. Parameters: i_customer (required), \
            i_wholesaler (trusted mode, optional). Result: result and count, the number of calls ended.
            """
        return XMLRPCMethod("disconnectCustomer", help: help) { arguments, access in
            let customer = try arguments.requiredInteger("i_customer")
            let scope = try await access.scope(arguments, "i_wholesaler", isRequired: false, in: management)
            return ["result": "OK", "count": .int(try await management.disconnectCustomer(customer, in: scope))]
        }
    }

    // MARK: Counting

    private static func accountStatistics(_ management: SwitchManagement) -> XMLRPCMethod {
        let help = """
            Calls of each account that belongs to root itself. No parameters. Result: result and data, where the names \
            of the members are ids of accounts and each value is an array: all active calls, connected calls.
            """
        return XMLRPCMethod("getAccountCallStats", help: help) { _, access in
            guard access.caller == .trusted || access.caller == .customer(AccessScope.root.customer) else {
                return statistics([])
            }
            return statistics(try await management.accountCallStatistics(of: AccessScope.root.customer, in: .root))
        }
    }

    private static func customerStatistics(_ management: SwitchManagement) -> XMLRPCMethod {
        let help = """
            Calls of each account that belongs to the customer itself. Parameters: i_customer (trusted mode). Result: \
            as getAccountCallStats.
            """
        return XMLRPCMethod("getAccountCallStatsCustomer", help: help) { arguments, access in
            let scope = try await access.scope(arguments, in: management)
            return statistics(try await management.accountCallStatistics(of: scope.customer, in: scope))
        }
    }

    private static func statistics(_ accounts: [AccountCallStatistics]) -> XMLRPCValue {
        let members = accounts.map {
            XMLRPCStruct.Member("\($0.account)", .array([.int($0.total), .int($0.connected)]))
        }
        return ["result": "OK", "data": .structure(XMLRPCStruct(members))]
    }
}
