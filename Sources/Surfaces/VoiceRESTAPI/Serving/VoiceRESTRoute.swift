import HTTPTypes

/// An address of the voice REST interface below `/v1/users/{userId}`, and who answers it.
public struct VoiceRESTRoute: Sendable {
    public typealias Handler = @Sendable (VoiceRESTRequest) async throws -> VoiceRESTResponse

    let method: HTTPRequest.Method
    /// The path as it is documented, as `/calls/{callId}/audio`.
    public let path: String
    let handler: Handler

    /// `path` begins with a slash; a segment in braces stands for any one, and is a parameter of this name. Handlers throw
    /// `RESTError`; everything else they throw is told as `internal-error`.
    public init(_ method: HTTPRequest.Method, _ path: String, _ handler: @escaping Handler) {
        self.method = method
        self.path = path
        self.handler = handler
    }

    /// Method and path in one word, as `POST /calls`.
    public var name: String { "\(method.rawValue) \(path)" }
}
