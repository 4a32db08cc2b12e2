import Logging
import Management
import XMLRPCValues

/// Finds the method of a call, runs it and writes the answer, the `system` methods included.
struct XMLRPCDispatcher: Sendable {
    /// Most calls in one `system.multicall`.
    static let mostCalls = 1000
    /// Longest answer to a `system.multicall` in bytes; calls that would go beyond it are refused.
    static let longestAnswer = 256 << 20

    let methods: XMLRPCMethods
    let logger: Logger

    /// The document that answers `call`, in blocks.
    func answer(_ call: XMLRPCCall, _ access: XMLRPCAccess) async -> [[UInt8]] {
        do throws(XMLRPCFault) {
            let result = try await result(of: call, access)
            return XMLRPCResponse.blocks(result: result)
        } catch {
            return XMLRPCResponse.blocks(fault: error)
        }
    }

    private func result(of call: XMLRPCCall, _ access: XMLRPCAccess) async throws(XMLRPCFault) -> XMLRPCValue {
        switch call.method {
        case "system.multicall": try await multicall(call.parameters, access)
        case "system.listMethods", "i_version.listAvailableMethods":
            .array((methods.names + Self.systemHelp.keys).sorted().map { .string($0) })
        case "system.methodHelp":
            .string(try help(named(call)))
        case "system.methodSignature":
            try signature(named(call))
        default:
            try await run(method(call.method), call.parameters, access)
        }
    }

    private func method(_ name: String) throws(XMLRPCFault) -> XMLRPCMethod {
        guard let method = methods[name] else { throw .unknownMethod(name) }
        return method
    }

    private func run(
        _ method: XMLRPCMethod, _ parameters: [XMLRPCValue], _ access: XMLRPCAccess
    ) async throws(XMLRPCFault) -> XMLRPCValue {
        do {
            return try await method.handler(try XMLRPCArguments(parameters), access)
        } catch let fault as XMLRPCFault {
            throw fault
        } catch let error as ManagementError {
            throw XMLRPCFault(error)
        } catch {
            logger.error("an XML-RPC method failed", metadata: ["method": "\(method.name)", "reason": "\(error)"])
            throw .failed("Internal error")
        }
    }

    // MARK: system

    private static let systemHelp = [
        "system.listMethods": "Names of all methods. No parameters. Result: an array of strings.",
        "system.methodHelp": "What a method does. Parameter: its name. Result: a string.",
        "system.methodSignature":
            "Types of a method. Parameter: its name. Result: an array of arrays: the result's type, then the parameters'.",
        "system.multicall":
            "Several calls in one request. Parameter: an array of structs of methodName and params. Result: an array; "
            + "for each call an array with its result, or the struct of a fault.",
        "i_version.listAvailableMethods": "Same as system.listMethods.",
    ]

    /// The one string that a method takes.
    private func named(_ call: XMLRPCCall) throws(XMLRPCFault) -> String {
        guard call.parameters.count == 1, case .string(let name) = call.parameters[0] else {
            throw .malformed("\(call.method) takes the name of a method")
        }
        return name
    }

    private func help(_ name: String) throws(XMLRPCFault) -> String {
        if let help = Self.systemHelp[name] { return help }
        return try method(name).help
    }

    private func signature(_ name: String) throws(XMLRPCFault) -> XMLRPCValue {
        let signature =
            switch name {
            case "system.multicall": ["array", "array"]
            case "system.methodHelp": ["string", "string"]
            case "system.methodSignature": ["array", "string"]
            case "system.listMethods", "i_version.listAvailableMethods": ["array"]
            default: try method(name).signature
            }
        return .array([.array(signature.map { .string($0) })])
    }

    /// Carries out one call after the other. A wrong call is a fault in its place and harms no other one.
    private func multicall(
        _ parameters: [XMLRPCValue], _ access: XMLRPCAccess
    ) async throws(XMLRPCFault) -> XMLRPCValue {
        guard parameters.count == 1, case .array(let calls) = parameters[0] else {
            throw .malformed("system.multicall takes one array")
        }
        guard calls.count <= Self.mostCalls else { throw .malformed("there are more than \(Self.mostCalls) calls") }
        var writer = XMLRPCWriter()
        writer.beginArray()
        for call in calls {
            do throws(XMLRPCFault) {
                guard writer.count < Self.longestAnswer else { throw .failed("the answers before were too long") }
                let value = try await result(of: Self.inner(call), access)
                writer.beginArray()
                writer.value(value)
                writer.endArray()
            } catch {
                writer.value(.structure(error.structure))
            }
        }
        writer.endArray()
        return .written(writer.finished())
    }

    /// A call inside of `system.multicall`; none that has calls inside itself.
    private static func inner(_ value: XMLRPCValue) throws(XMLRPCFault) -> XMLRPCCall {
        guard case .structure(let call) = value, case .string(let name) = call["methodName"] else {
            throw .malformed("a call of system.multicall is a struct of methodName and params")
        }
        guard name != "system.multicall" else { throw .notPermitted("system.multicall may not be nested") }
        switch call["params"] {
        case nil, .null: return XMLRPCCall(name)
        case .array(let parameters): return XMLRPCCall(name, parameters)
        default: throw .malformed("params must be an array")
        }
    }
}
