/// An answer that says what was wrong: `faultCode` and `faultString`. Methods throw it.
public struct XMLRPCFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// 400, 401, 403, 404, 410, 500 or 501; see the initialisers.
    public var code: Int
    /// For people; never holds a secret.
    public var message: String

    public init(_ code: Int, _ message: String) {
        self.code = code
        self.message = message
    }

    /// A request that cannot be understood: 400.
    public static func malformed(_ reason: String) -> XMLRPCFault { XMLRPCFault(400, "Malformed request: \(reason)") }

    /// A member whose value cannot be what is asked for, as `Parameter i_account must be an integer.`: 400.
    public static func wrongType(_ name: String, _ expected: String) -> XMLRPCFault {
        XMLRPCFault(400, "Parameter \(name) must be \(expected).")
    }

    /// A reference to what does not exist or lies outside the caller's scope, as `Wrong i_account`: 401.
    public static func wrongReference(_ name: String) -> XMLRPCFault { XMLRPCFault(401, "Wrong \(name)") }

    /// What the caller may not do: 403.
    public static func notPermitted(_ reason: String) -> XMLRPCFault { XMLRPCFault(403, reason) }

    /// A method that there is not: 404. Clients look for `method not found` in the text to try another name.
    public static func unknownMethod(_ name: String) -> XMLRPCFault {
        let shown = name.unicodeScalars.prefix(100).filter { $0.value >= 0x20 && $0.value != 0x7F }
        return XMLRPCFault(404, "method not found: \(String(String.UnicodeScalarView(shown)))")
    }

    /// Something that the switch could not do, through no fault of the caller: 500.
    public static func failed(_ reason: String) -> XMLRPCFault { XMLRPCFault(500, reason) }

    /// A member that must be given, as `Parameter ID is required.`: 501.
    public static func missing(_ name: String) -> XMLRPCFault {
        XMLRPCFault(501, "Parameter \(name) is required.")
    }

    /// The struct of the answer.
    public var structure: XMLRPCStruct {
        ["faultCode": .int(code), "faultString": .string(message)]
    }

    public var description: String { "\(code) \(message)" }
}
