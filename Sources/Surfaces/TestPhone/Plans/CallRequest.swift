import Addresses

/// A user name and its password for digest challenges (RFC 7616).
public struct PhoneCredentials: Hashable, Sendable {
    public var username: String
    public var password: String

    public init(username: String, password: String) {
        self.username = username
        self.password = password
    }
}

/// A call to place.
public struct CallRequest: Sendable {
    /// The SIP URI of Request-URI and To.
    public var target: String
    /// The SIP URI of From; nil for `phone` at the phone's own address.
    public var from: String?
    /// Where the first request goes; nil for the address in `target`.
    public var destination: Endpoint?
    /// What 401 and 407 are answered with; nil ends the call there.
    public var credentials: PhoneCredentials?
    /// What is sent and listened for.
    public var media: MediaPlan
    /// When the phone hangs up after the answer; nil leaves that to the other side, or to `hangsUpWhenDone`.
    public var duration: Duration?
    /// Whether the phone hangs up once everything was played and dialled.
    public var hangsUpWhenDone: Bool
    /// When the phone gives up with CANCEL if nobody has answered; nil waits for as long as the other side lets it.
    public var patience: Duration?

    public init(
        _ target: String, from: String? = nil, through destination: Endpoint? = nil, media: MediaPlan = MediaPlan(),
        duration: Duration? = nil
    ) {
        self.target = target
        self.from = from
        self.destination = destination
        self.media = media
        self.duration = duration
        hangsUpWhenDone = false
    }
}

/// A registration to make once (RFC 3261 §10.2).
public struct RegistrationRequest: Sendable {
    /// The address of record, `sip:alice@example.com`.
    public var address: String
    /// Where the request goes.
    public var registrar: Endpoint
    /// What the challenge is answered with.
    public var credentials: PhoneCredentials?
    /// How long the binding is asked for.
    public var expiry: Duration

    public init(
        _ address: String, at registrar: Endpoint, credentials: PhoneCredentials? = nil,
        expiry: Duration = .seconds(300)
    ) {
        self.address = address
        self.registrar = registrar
        self.credentials = credentials
        self.expiry = expiry
    }
}
