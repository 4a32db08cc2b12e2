import Glibc

/// A system call that failed: which one, and its errno.
public struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was tried, in words for a log line: `bind udp socket`.
    public let operation: String
    /// The errno.
    public let code: Int32

    public init(_ operation: String, code: Int32) {
        self.operation = operation
        self.code = code
    }

    public var description: String { "\(operation): \(Self.text(of: code))" }

    /// The system's words for an errno.
    public static func text(of code: Int32) -> String { String(cString: strerror(code)) }

    /// The result of a call that returns a count or the negated errno.
    static func check(_ result: Int32, _ operation: @autoclosure () -> String) throws(SystemError) -> Int32 {
        guard result >= 0 else { throw SystemError(operation(), code: -result) }
        return result
    }
}
