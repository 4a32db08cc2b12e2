import GRDB
import Routing

extension Provisioning {
    /// Reads every table.
    init(reading database: Database) throws {
        self.init()
        customers = try Customer.readAll(from: database)
        accounts = try Account.readAll(from: database)
        authenticationRules = try AuthenticationRule.readAll(from: database)
        vendors = try Vendor.readAll(from: database)
        connections = try Connection.readAll(from: database)
        destinationSets = try DestinationSet.readAll(from: database)
        routingGroups = try RoutingGroup.readAll(from: database)
        dids = try DID.readAll(from: database)
        users = try User.readAll(from: database)
        applications = try Application.readAll(from: database)
    }

    /// Writes what differs from `earlier`, which the database holds.
    func write(over earlier: Provisioning, to database: Database) throws {
        try Customer.replace(earlier.customers, by: customers, in: database)
        try Account.replace(earlier.accounts, by: accounts, in: database)
        try AuthenticationRule.replace(earlier.authenticationRules, by: authenticationRules, in: database)
        try Vendor.replace(earlier.vendors, by: vendors, in: database)
        try Connection.replace(earlier.connections, by: connections, in: database)
        try DestinationSet.replace(earlier.destinationSets, by: destinationSets, in: database)
        try RoutingGroup.replace(earlier.routingGroups, by: routingGroups, in: database)
        try DID.replace(earlier.dids, by: dids, in: database)
        try User.replace(earlier.users, by: users, in: database)
        try Application.replace(earlier.applications, by: applications, in: database)
    }

    /// The same objects in the order in which a store gives them back.
    public var sorted: Provisioning {
        var sorted = self
        sorted.customers.sort { $0.id < $1.id }
        sorted.accounts.sort { $0.id < $1.id }
        sorted.authenticationRules.sort { $0.id < $1.id }
        sorted.vendors.sort { $0.id < $1.id }
        sorted.connections.sort { $0.id < $1.id }
        sorted.destinationSets.sort { $0.id < $1.id }
        sorted.routingGroups.sort { $0.id < $1.id }
        sorted.dids.sort { $0.number < $1.number }
        sorted.users.sort { $0.id < $1.id }
        sorted.applications.sort { $0.id < $1.id }
        return sorted
    }
}
