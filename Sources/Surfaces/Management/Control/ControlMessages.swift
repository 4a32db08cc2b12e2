/// What a command asks of the running switch: one line of JSON over the control socket.
public struct ControlRequest: Codable, Equatable, Sendable {
    /// The questions and orders there are.
    public enum Command: String, Codable, Sendable {
        /// Every call.
        case calls
        /// The call with the number in `id`.
        case call
        /// End the call with the number in `id`.
        case disconnect
        /// Read configuration and provisioning files again.
        case reload
        /// Take up what is provisioned in the store.
        case reloadProvisioning = "reload_provisioning"
        /// Take no new calls and stop when none is left.
        case drain
        /// Numbers about the switch.
        case statistics
    }

    public var command: Command
    /// Number of a call.
    public var id: String?

    public init(_ command: Command, id: String? = nil) {
        self.command = command
        self.id = id
    }
}

/// The answer: one line of JSON.
public struct ControlResponse: Codable, Equatable, Sendable {
    /// Why it was not done; nil where it was.
    public var error: String?
    /// What was done, for people.
    public var lines: [String]?
    public var calls: [CallListing]?
    public var statistics: SwitchStatistics?

    public init(error: String? = nil, lines: [String]? = nil) {
        self.error = error
        self.lines = lines
    }
}

/// Numbers about a running switch.
public struct SwitchStatistics: Codable, Equatable, Sendable {
    /// Name of the node.
    public var node: String
    /// The release it runs.
    public var version: String
    /// Calls that have not ended.
    public var calls: Int
    /// Whether new calls are refused because the switch is about to stop.
    public var isDraining: Bool
    /// Call detail records that are not yet durable.
    public var recordsWaiting: Int
    /// Call detail records that were refused because too many waited; each is in the log.
    public var recordsRefused: Int
}
