/// What a command asks of the running switch: one line of JSON over the control socket.
public struct ControlRequest: Codable, Equatable, Sendable {
    /// The questions and orders there are.
    public enum Command: String, Codable, Sendable {
        /// The calls of `filter`, at most `limit` of them, and how many there are.
        case calls
        /// How many calls of `filter` there are.
        case count
        /// How many calls the accounts directly under the customer with the id in `id` have.
        case accounts
        /// The call with the number in `id`.
        case call
        /// End the calls with the numbers in `ids`.
        case disconnect
        /// End every call of the account with the id in `id`.
        case disconnectAccount = "disconnect_account"
        /// End every call of the customer with the id in `id` and of those below it.
        case disconnectCustomer = "disconnect_customer"
        /// Read configuration and provisioning files again.
        case reload
        /// Take up what is provisioned in the store.
        case reloadProvisioning = "reload_provisioning"
        /// Take no new calls and stop when none is left.
        case drain
        /// Numbers about the switch.
        case statistics
        /// The applications that can run, or the one with the id or name in `id`.
        case services
        /// Start the application with the id or name in `id`, as `order` says.
        case startService = "start_service"
        /// The runs with the names in `ids`, or those of the application in `id`, or all.
        case runs
        /// Cancel the runs with the names in `ids`, or those of the application in `id`.
        case cancelRuns = "cancel_runs"
        /// Cancel the runs that wait of the application in `id`.
        case purgeService = "purge_service"
        /// The conferences, or those with the name in `id`.
        case conferences
        /// End the conferences with the name in `id`.
        case endConference = "end_conference"
        /// Do what `change` says with the party of a conference that `id` names.
        case changeConferenceMember = "change_conference_member"
    }

    public var command: Command
    /// Number of a call, or id of what the command names.
    public var id: String?
    /// Numbers of calls.
    public var ids: [String]?
    /// Which calls.
    public var filter: CallFilter?
    /// Most calls in the answer; nil for all.
    public var limit: Int?
    /// How runs are asked for.
    public var order: RunOrder?
    /// What is done with a party of a conference.
    public var change: ConferenceMemberChange?

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
    /// How many calls there are, or have been ended.
    public var count: Int?
    /// Numbers of calls that are not there.
    public var missing: [String]?
    public var accounts: [AccountListing]?
    public var statistics: SwitchStatistics?
    public var services: [ServiceListing]?
    public var runs: [RunListing]?
    /// Names of runs that were started.
    public var ids: [String]?
    public var conferences: [ConferenceListing]?

    public init(error: String? = nil, lines: [String]? = nil) {
        self.error = error
        self.lines = lines
    }
}

/// How many calls an account has, as `martlet calls accounts` shows it.
public struct AccountListing: Codable, Equatable, Sendable {
    /// Id of the account.
    public var account: Int
    /// Calls in the states Connected, ARComplete and WaitRoute.
    public var total: Int
    /// Calls in the state Connected.
    public var connected: Int
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
