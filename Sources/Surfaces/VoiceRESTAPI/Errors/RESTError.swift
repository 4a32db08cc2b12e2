import HTTPService

/// Why a request is not carried out; it becomes an error body with the status of its code.
public struct RESTError: Error, Hashable, Sendable, CustomStringConvertible {
    public var code: RESTErrorCode
    /// One sentence for the person who reads the client's log.
    public var message: String
    /// Status where it is not the one of the code, as 405.
    public var status: Int
    /// Header fields of the answer, as pairs of name and value.
    public var headers: [Header] = []

    /// A header field of an error's answer.
    public struct Header: Hashable, Sendable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(_ code: RESTErrorCode, _ message: String) {
        self.code = code
        self.message = message
        status = code.status
    }

    /// A member without which nothing can be done.
    public static func missing(_ name: String, of resource: String) -> RESTError {
        RESTError(
            .missingProperty, "The '\(resource)' resource property '\(name)' is required but was not specified")
    }

    /// A member with a value that it cannot have; `allowed` says which it can.
    public static func invalid(_ name: String, _ allowed: String) -> RESTError {
        RESTError(.validationError, "The property '\(name)' must be \(allowed)")
    }

    /// A body that was not taken; the connection ends, as the rest of it is not read.
    init(_ problem: RequestBodyProblem) {
        switch problem {
        case .tooLong:
            self.init(.validationError, "The body is too long")
            status = 413
        case .tooSlow:
            self.init(.validationError, "The body came too slowly")
            status = 408
        }
        headers = [Header("Connection", "close")]
    }

    /// The body of the answer to a request with `details`.
    public func body(_ details: [(name: String, value: String)]) -> JSONValue {
        .object([
            "category": .string(code.category.rawValue), "code": .string(code.rawValue), "message": .string(message),
            "details": .array(
                details.map { .object(["name": .string($0.name), "value": .string($0.value)]) }),
        ])
    }

    public var description: String { "\(code.rawValue): \(message)" }
}
