import Addresses

/// Everything that `RoutingTables` are made of; successors share what did not change.
struct CompiledParts: Sendable {
    var customers: [CustomerEntry] = []
    var accounts = ChunkedArray<AccountEntry>()
    var connections: [ConnectionEntry] = []
    var sets: [DestinationSetEntry] = []
    var groups: [RoutingGroupEntry] = []
    var members: [RoutingMemberEntry] = []
    var users: [User] = []
    var applications: [Application] = []
    var addressRules = AddressRuleTable()
    var authnames = SharedKeyTable()
    var usernames = SharedKeyTable()
    var dids = SharedKeyTable()
    /// Numbers as people know them, those without a target among them.
    var didNumbers = SharedKeyTable()
    var didTargets: [DIDTarget?] = []
    /// Beside each target.
    var didRights: [NumberRights] = []
    var identifiers = IdentifierIndex()
    /// The next instant at which something begins or ends to be in force, in milliseconds since 1970-01-01 00:00 UTC.
    var nextChange: Int64?
    /// Places of objects that are gone.
    var unusedPlaces = 0
}

/// Positions by id.
struct IdentifierIndex: Sendable {
    var customers: [Int: Int] = [:]
    var webLogins: [String: Int] = [:]
    var accounts = IdentifierTable()
    /// Ids of vendors, which calls need nothing else of.
    var vendors: Set<Int> = []
    var connections: [Int: Int] = [:]
    var connectionAddresses: [IPAddress: Int] = [:]
    var groups: [Int: Int] = [:]
    /// Ids of members of routing groups.
    var members: Set<Int> = []
    var sets: [Int: Int] = [:]
    var users: [String: Int] = [:]
    var tokens: [String: Int] = [:]
    var applications: [String: Int] = [:]
    var applicationNames: [String: Int] = [:]
}
