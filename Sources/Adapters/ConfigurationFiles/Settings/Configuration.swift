/// Everything `martlet.yaml` says, with the documented default for each key that it leaves out (interfaces.md §2).
public struct Configuration: Equatable, Sendable {
    /// Who this node is.
    public var node = NodeSettings()
    /// SIP listeners, identity and timers.
    public var sip = SIPSettings()
    /// RTP relay and voice applications.
    public var media = MediaSettings()
    /// HTTP surfaces.
    public var http = HTTPSettings()
    /// Where provisioning and call detail records are kept.
    public var store = StoreLocation.file("var/martlet.db")
    /// Path of the control socket; nil for the one beside the store.
    public var control: String?
    /// Callbacks to voice applications.
    public var webhooks = WebhookSettings()
    /// Most calls and most calls per second.
    public var limits = LimitSettings()
    /// Longest wait for the last call after the first SIGTERM.
    public var drainTimeout: Duration = .seconds(60)
    /// What is logged and how.
    public var log = LogSettings()
    /// Provisioning files applied at start.
    public var provisioning: [String] = []
    /// Number of event loops; 0 for one per core.
    public var workers = 0

    /// The defaults.
    public init() {}
}

/// The keys under `node`.
public struct NodeSettings: Equatable, Sendable {
    /// Name in records and logs.
    public var name = "node-1"
    /// `I_ENVIRONMENT` of the XML-RPC listing, 1 for the first.
    public var environment = 1

    public init() {}
}

/// The keys under `limits`; 0 stands for no limit.
public struct LimitSettings: Equatable, Sendable {
    /// Most calls at once.
    public var calls = 10_000
    /// Most new calls in any second.
    public var callsPerSecond = 0
    /// Most new calls in any second from one source address.
    public var callsPerSecondPerSource = 0
    /// Most requests in any second of a user of the voice REST interface to each family of its resources.
    public var restRequestsPerSecond = 0

    public init() {}
}

/// Which names hang-up causes are given where the documented set and FreeSWITCH differ.
public enum HangupCauseNames: String, CaseIterable, Sendable {
    case documented, freeswitch
}

/// The keys under `webhooks`.
public struct WebhookSettings: Equatable, Sendable {
    /// Longest wait for an answer.
    public var timeout: Duration = .seconds(10)
    /// Further attempts after a failed one.
    public var retries = 0
    /// Key of the signature header; nil for none.
    public var signingKey: String?
    /// Whether callbacks may go to loopback and private networks.
    public var allowPrivateAddresses = false
    /// PEM file of certificates that receivers may be signed by, beside those that the system trusts.
    public var authorities: String?
    /// How long events are kept, and how many at most.
    public var retention: Duration = .seconds(7 * 86_400)
    public var maxEvents = 1_000_000
    /// Names of hang-up causes where there are several: `documented` or `freeswitch`.
    public var hangupCauses = HangupCauseNames.documented
    /// Whether replies to a POST are followed as BXML where their type is XML; those to a GET always are.
    public var documentsByPost = false

    public init() {}
}
