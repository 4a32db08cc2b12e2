/// How a callback is sent.
public enum CallbackMethod: String, Hashable, Sendable, CaseIterable {
    /// JSON in the body; what is answered has no meaning beyond the status.
    case post = "POST"
    /// The event in the query; the answer may be BXML.
    case get = "GET"
}

/// Where the events of one call or conference go.
public struct CallRoute: Hashable, Sendable {
    /// Longest time that a callback may be given, in milliseconds.
    public static let longestTimeout = 10_000

    /// `u-…`, whose resource it is.
    public var user: String
    /// `c-…` or `conf-…`: what happens to one of them is delivered strictly in order.
    public var subject: String
    /// Where its events go; nil where they are only kept for those who ask.
    public var url: String?
    /// Where an event goes that could not be delivered to `url`.
    public var fallbackURL: String?
    public var method: CallbackMethod
    /// Longest wait for an answer; nil for the one of the configuration.
    public var timeout: Duration?

    public init(
        user: String, subject: String, url: String?, method: CallbackMethod = .post, timeout: Duration? = nil
    ) {
        self.user = user
        self.subject = subject
        self.url = url
        self.method = method
        self.timeout = timeout
    }
}
