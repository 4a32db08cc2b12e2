/// Why a use case was refused. Surfaces turn codes into what their protocol has for them.
public struct ManagementError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of refusal; there may be more of them tomorrow.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The name, as `wrong_reference`.
        public let description: String

        public init(_ name: String) { description = name }

        /// A member names something that does not exist, or that the asker may not see: the two look the same.
        public static let wrongReference = Code("wrong_reference")
        /// The asker may see it and may not do it.
        public static let notPermitted = Code("not_permitted")
        /// A member has a value that it cannot have.
        public static let invalidValue = Code("invalid_value")
        /// A member that is needed is missing.
        public static let missing = Code("missing")
        /// It collides with something that exists.
        public static let conflict = Code("conflict")
        /// The switch cannot do it now; the same request may succeed later.
        public static let unavailable = Code("unavailable")
    }

    public let code: Code
    /// The member of the request that is at fault, as `i_account`.
    public let member: String?
    /// What is wrong, for people.
    public let message: String

    public init(_ code: Code, member: String? = nil, message: String) {
        self.code = code
        self.member = member
        self.message = message
    }

    public var description: String { message }

    /// `member` names something that does not exist or is out of scope.
    public static func wrongReference(_ member: String) -> ManagementError {
        ManagementError(.wrongReference, member: member, message: "Wrong \(member)")
    }

    /// The asker may not do this.
    public static func notPermitted(_ message: String) -> ManagementError {
        ManagementError(.notPermitted, message: message)
    }

    /// `member` has a value that it cannot have; `allowed` says what it can have.
    public static func invalidValue(_ member: String, allowed: String) -> ManagementError {
        ManagementError(.invalidValue, member: member, message: "\(member) must be \(allowed)")
    }

    /// `member` is needed.
    public static func missing(_ member: String) -> ManagementError {
        ManagementError(.missing, member: member, message: "Parameter \(member) is required.")
    }
}
