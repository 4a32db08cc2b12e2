import Management
import XMLRPCValues

/// The methods that have the switch place calls.
enum CallbackMethods {
    static func all(_ management: SwitchManagement) -> [XMLRPCMethod] {
        let makeCall = makeCall(management)
        return [make2WayCallback(management), cancelCallback(management), getCallbackStatus(management)]
            + callNames.map { name in
                var named = makeCall
                named.name = name
                return named
            }
    }

    /// Programs in the wild try these names one after the other.
    private static let callNames = ["makeCall", "call_control.makeCall", "make_call", "originate"]

    private static func make2WayCallback(_ management: SwitchManagement) -> XMLRPCMethod {
        let help = """
            Calls cld_first, and when it has answered cld_second, and connects them, as the account whose SIP user is \
            authname. Parameters: authname, cld_first, cld_second (required); cli_first, cli_second (the numbers they \
            see; each sees the other's by default), credit_time (longest connected call in seconds), next_call (when, \
            UTC, as 20260305T08:15:42; now by default), i_customer (trusted mode, optional). Result: result and \
            i_callback_request, for getCallbackStatus and cancelCallback.
            """
        return XMLRPCMethod("make2WayCallback", help: help) { arguments, access in
            let account = try arguments.requiredString("authname")
            var order = CallbackOrder(
                first: try arguments.requiredString("cld_first"), second: try arguments.requiredString("cld_second"))
            order.firstShown = try arguments.shown("cli_first")
            order.secondShown = try arguments.shown("cli_second")
            order.creditSeconds = try arguments.integer("credit_time")
            let due = try arguments.date("next_call")
            let scope = try await access.scope(arguments, isRequired: false, in: management)
            let id = try await management.requestCallback(order, as: .authname(account), due: due, in: scope)
            return ["result": "OK", "i_callback_request": .int(id)]
        }
    }

    private static func cancelCallback(_ management: SwitchManagement) -> XMLRPCMethod {
        let help = """
            Calls a callback off: one that waits is forgotten, one whose parties ring or talk is ended. Parameters: \
            i_callback_request (required), i_customer (trusted mode, optional). Result: OK; a fault when it is over.
            """
        return XMLRPCMethod("cancelCallback", help: help) { arguments, access in
            let id = try arguments.requiredInteger("i_callback_request")
            let scope = try await access.scope(arguments, isRequired: false, in: management)
            try await management.cancelCallback(id, in: scope)
            return ["result": "OK"]
        }
    }

    private static func getCallbackStatus(_ management: SwitchManagement) -> XMLRPCMethod {
        let steps = CallbackStatus.Step.allCases.map(\.rawValue).joined(separator: ", ")
        let help = """
            How far a callback is. Parameters: i_callback_request (required), fetch_cdrs (boolean, false), i_customer \
            (trusted mode, optional). Result: result; call_status: \(steps); call_result: empty while it is not over, \
            then NORMAL, BUSY, NOANSWER, … or CANCELLED, REFUSED; explanation: one sentence; cdrs: its call records, \
            empty unless asked for.
            """
        return XMLRPCMethod("getCallbackStatus", help: help) { arguments, access in
            let id = try arguments.requiredInteger("i_callback_request")
            let fetchesRecords = try arguments.boolean("fetch_cdrs") ?? false
            let scope = try await access.scope(arguments, isRequired: false, in: management)
            let status = try await management.callbackStatus(id, in: scope)
            let records = fetchesRecords ? status.records : []
            return [
                "result": "OK", "call_status": .string(status.step.rawValue), "call_result": .string(status.result),
                "explanation": .string(status.explanation),
                "cdrs": .array(records.map { .structure(XMLRPCStruct(ProvisioningMethodMaker.members(of: $0))) }),
            ]
        }
    }

    private static func makeCall(_ management: SwitchManagement) -> XMLRPCMethod {
        let help = """
            Calls CLI, and when it has answered CLD, which sees CLI, and connects them. Parameters: CLI, CLD, i_account \
            (required), credit_time (longest connected call in seconds), i_customer (trusted mode, optional). Result: \
            result and ID, the number of the call, for disconnectCall. Other names of the method: \
            \(callNames.dropFirst().joined(separator: ", ")).
            """
        return XMLRPCMethod("makeCall", help: help) { arguments, access in
            var order = CallbackOrder(
                first: try arguments.requiredString("CLI"), second: try arguments.requiredString("CLD"))
            let account = try arguments.requiredInteger("i_account")
            order.creditSeconds = try arguments.integer("credit_time")
            let scope = try await access.scope(arguments, isRequired: false, in: management)
            let call = try await management.placeCall(order, as: .id(account), in: scope)
            return ["result": "OK", "ID": .string("\(call)")]
        }
    }
}

extension XMLRPCArguments {
    /// A number to be shown; nil where it is not given or empty.
    fileprivate func shown(_ name: String) throws(XMLRPCFault) -> String? {
        guard let number = try string(name), !number.isEmpty else { return nil }
        return number
    }
}
