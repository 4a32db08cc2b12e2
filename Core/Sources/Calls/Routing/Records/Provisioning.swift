/// Everything provisioned, as the files and the store hold it; `RoutingTables` is the form that calls read.
public struct Provisioning: Equatable, Sendable {
    public var customers: [Customer] = []
    public var accounts: [Account] = []
    public var authenticationRules: [AuthenticationRule] = []
    public var vendors: [Vendor] = []
    public var connections: [Connection] = []
    public var destinationSets: [DestinationSet] = []
    public var routingGroups: [RoutingGroup] = []
    public var dids: [DID] = []
    public var users: [User] = []
    public var applications: [Application] = []

    public init() {}
}
