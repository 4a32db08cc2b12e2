/// An egress trunk to a vendor, as provisioned.
public struct Connection: Equatable, Sendable {
    /// `i_connection`.
    public var id: Int
    /// Id of the vendor.
    public var vendor: Int
    /// Name for people.
    public var name: String
    /// SIP URI that calls are sent to, `sip:127.0.0.1:5070;transport=udp`.
    public var destination: String
    /// User of the answers to its 401 and 407 challenges; nil for none.
    public var username: String?
    /// Password of those answers.
    public var password: String?
    /// Whether a registration is kept there.
    public var register = false
    /// Most calls at once; -1 for no limit.
    public var capacity = -1
    /// Whether `capacity` is a limit, and not only a figure.
    public var enforcesCapacity = true
    /// Most new calls in any second; -1 for no limit.
    public var maxCallsPerSecond = -1
    /// Translation of the caller's number on the way out; nil for none.
    public var cliTranslation: String?
    /// Translation of the dialled number on the way out; nil for none.
    public var cldTranslation: String?
    /// How media of its calls travels; nil for the configured default.
    public var media: MediaMode?
    /// Final answers that end the hunt, in the grammar of `HuntstopCodes`.
    public var huntstopCodes = "486,600-699"
    /// Interval of OPTIONS; zero for none. A connection that does not answer them is skipped.
    public var keepalive: Duration = .zero
    /// Longest wait for a provisional answer, where that is less than the route's; nil for the route's.
    public var timeout1xx: Duration?
    /// Whether it is skipped.
    public var isBlocked = false

    public init(id: Int, vendor: Int, name: String, destination: String) {
        self.id = id
        self.vendor = vendor
        self.name = name
        self.destination = destination
    }
}
