import HTTPService
import Hummingbird

/// Who may use the addresses below `/v1/users/{userId}`.
public protocol UserGate: Sendable {
    /// Judges a request by its credentials, the user that its path names, and the address that it came from.
    func judge(_ request: Request, user: String, from context: ServiceRequestContext) async -> UserVerdict
}

/// What a gate says of a request.
public enum UserVerdict: Sendable {
    /// It comes from the user that its path names.
    case granted
    /// It is refused with this answer.
    case refused(Response)
}
