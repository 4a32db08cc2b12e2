import CallEvents
import Webhooks

/// What a call of the REST side was made with; nothing of it changes during the call.
public struct CallTerms: Sendable {
    /// Which way a call goes; the word as resources write it.
    public enum Direction: String, Hashable, Sendable, Codable { case incoming = "in", outgoing = "out" }

    /// `c-…`.
    public let id: String
    /// Id of the user.
    public let user: String
    public let direction: Direction
    /// Caller and called party, as numbers in E.164 or SIP addresses.
    public let from: String
    public let to: String
    /// Where events go, and how.
    public var callback = CallbackTerms()
    /// Longest wait for the answer of an outgoing call.
    public var callTimeout: Duration = .seconds(60)
    public var tag: String?
    /// Application of an incoming call.
    public var application: String?
    /// Whether an incoming call is answered at once.
    public var isAutoAnswered = false
    /// Who is called where nobody can be told of an incoming call; nil for nobody.
    public var fallbackNumber: String?
    /// What an outgoing call joins when it is answered.
    public var bridge: String?
    /// The conference that the call may become a member of.
    public var conference: String?
    /// Whether it is recorded from the answer on, and how.
    public var recording = RecordingTerms()
    public var isTranscribed = false
    /// Header fields of the INVITE, beginning with `X-`.
    public var sipHeaders: [String: String] = [:]
    /// Header fields of the INVITE that are not shown.
    public var furtherHeaders: [Header] = []
    /// The caller that is shown to the callee, where that is not `from`.
    public var shownCaller: String?
    /// What is dialled, where that is not `to`.
    public var dialled: String?

    /// A header field.
    public struct Header: Hashable, Sendable {
        public var name: String
        public var value: String
    }

    public init(id: String = ResourceID.call.make(), user: String, _ direction: Direction, from: String, to: String) {
        self.id = id
        self.user = user
        self.direction = direction
        self.from = from
        self.to = to
    }
}

/// Where the events of a call go.
public struct CallbackTerms: Hashable, Sendable, Codable {
    public var url: String?
    public var fallbackURL: String?
    public var method = "POST"
    /// Longest wait for an answer, in milliseconds.
    public var timeout = CallRoute.longestTimeout

    public init() {}

    /// The route of the events of a subject.
    func route(user: String, subject: String) -> CallRoute {
        var route = CallRoute(
            user: user, subject: subject, url: url, method: method == "GET" ? .get : .post,
            timeout: .milliseconds(timeout))
        route.fallbackURL = fallbackURL
        return route
    }
}

/// How a call is recorded.
public struct RecordingTerms: Hashable, Sendable, Codable {
    /// Longest recording that may be asked for, in seconds.
    public static let maximumDuration = 3600

    /// File formats of recordings.
    public enum Format: String, Hashable, Sendable, Codable, CaseIterable { case wav, mp3 }

    public var isEnabled = false
    public var format = Format.wav
    /// Longest recording, in seconds.
    public var maximumDuration = Self.maximumDuration

    public init() {}
}
