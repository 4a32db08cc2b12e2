import Addresses
import HTTPService
import Hummingbird
import Routing

/// A request of the voice REST interface whose user is known to be who he says.
public struct VoiceRESTRequest: Sendable {
    /// The user that the path names.
    public let user: User
    /// Values of the `{…}` of the route's path, with escapes undone.
    public let parameters: [String: String]
    public let query: RequestQuery
    /// Makes the absolute URLs that answers contain.
    public let addresses: ResourceAddresses
    /// The whole request, for routes that read its body piece by piece.
    public let http: Request
    /// Where it came from.
    public let peer: IPAddress

    /// A value of the route's path; empty where the route has none of this name.
    public subscript(_ parameter: String) -> String { parameters[parameter] ?? "" }

    /// Reads the body as a JSON object about `resource`. Throws `RESTError`, or `RequestBodyProblem` where it is too long.
    public func object(_ resource: String) async throws -> RequestObject {
        let body = try await http.collectedBody(upTo: RequestObject.maximumBytes)
        return try RequestObject(resource, parsing: body)
    }
}
