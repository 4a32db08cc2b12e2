/// A voice application, as provisioned: driven by webhooks and REST, or compiled in.
public struct Application: Equatable, Sendable {
    /// The application id of the interface's paths, unique.
    public var id: String
    /// Id of the user that owns it; nil for compiled-in ones that nobody owns.
    public var user: String?
    /// Name for people; DIDs may name it.
    public var name: String
    /// Where events of incoming calls are sent; nil for none.
    public var incomingCallURL: String?
    /// Where they are sent when the first address fails; nil for none.
    public var incomingCallFallbackURL: String?
    /// How they are sent.
    public var callbackHTTPMethod: CallbackMethod = .post
    /// Longest wait for the answer of one callback.
    public var callbackTimeout: Duration = .seconds(10)
    /// Whether incoming calls are answered before the first event.
    public var autoAnswer = true
    /// Name of the compiled-in application; nil for one driven by webhooks.
    public var builtin: String?
    /// What the compiled-in application is told, as the number that `retrievable-transfer` calls; for one that webhooks
    /// drive, what the voice REST interface keeps without acting on it.
    public var parameters: [String: String] = [:]
    /// Id of the account that pays for the calls it places; nil for the one of its user.
    public var account: Int?
    /// What whoever starts it over HTTP must know; nil where nobody may.
    public var password: String?

    public init(id: String, name: String, user: String? = nil) {
        self.id = id
        self.name = name
        self.user = user
    }

    /// The compiled-in applications that every switch has (interfaces.md §3).
    public static let builtins: Set<String> = [
        "echo", "tone", "front-desk", "dtmf-echo", "reject-busy", "retrievable-transfer", "blind-transfer",
        "attended-transfer", "voicemail", "conference",
    ]
}

/// How a callback is sent.
public enum CallbackMethod: String, Hashable, Sendable, CaseIterable {
    case get = "GET"
    case post = "POST"
}
