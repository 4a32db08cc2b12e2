import Routing
import SQLiteStore

/// Vendors and their connections, which belong to root: nobody else sees them.
extension ProvisioningLedger {
    /// Makes a vendor.
    public func createVendor(in scope: AccessScope, _ fill: @escaping Change<Vendor>) async throws -> Provisioned<
        Vendor
    > {
        try await change(in: scope) { draft in
            try draft.demandRoot("vendors")
            let made = try draft.create(in: .vendors, { Vendor(id: $0, name: "") }, fill)
            draft.add(made, .object(.vendors, id: made.object.id)) { .vendor($0) }
            return made
        }
    }

    /// Changes a vendor.
    public func updateVendor(_ id: Int, in scope: AccessScope, _ change: @escaping Change<Vendor>) async throws {
        try await self.change(in: scope) { draft in
            let before = try draft.owned(\.vendors, id, "i_vendor")
            let owner = AttributeOwner.object(.vendors, id: id)
            draft.replace(before, by: try draft.changed(before, owner, change), owner) { .vendor($0) }
        }
    }

    /// A vendor.
    public func vendor(_ id: Int, in scope: AccessScope) async throws -> Provisioned<Vendor> {
        try await read(in: scope) { draft in
            let vendor = try draft.owned(\.vendors, id, "i_vendor")
            return Provisioned(vendor, attributes: try draft.attributes(of: .object(.vendors, id: id)))
        }
    }

    /// The first vendor with this name; throws `wrongReference` for `name`.
    public func vendor(named name: String, in scope: AccessScope) async throws -> Provisioned<Vendor> {
        try await read(in: scope) { draft in
            guard scope.isRoot, let vendor = draft.model.vendors.all.first(where: { $0.name == name }) else {
                throw ManagementError.wrongReference("name")
            }
            return Provisioned(vendor, attributes: try draft.attributes(of: .object(.vendors, id: vendor.id)))
        }
    }

    /// The vendors whose names fit, in the order of their ids.
    public func vendors(
        named pattern: LikePattern?, _ page: ProvisioningPage = .all, in scope: AccessScope
    ) async throws -> [Provisioned<Vendor>] {
        try await read(in: scope) { draft in
            guard scope.isRoot else { return [] }
            let found = page.apply(to: draft.model.vendors.all.filter { pattern?.fits($0.name) != false })
            return try draft.provisioned(found, in: .vendors, id: \.id)
        }
    }

    /// Removes a vendor without connections.
    public func deleteVendor(_ id: Int, in scope: AccessScope) async throws {
        try await change(in: scope) { draft in
            let vendor = try draft.owned(\.vendors, id, "i_vendor")
            if let connection = draft.model.connections.all.first(where: { $0.vendor == id }) {
                throw ManagementError.inUse("i_vendor", "connection \(connection.id)")
            }
            draft.apply(.vendor(.init(from: vendor, to: nil)))
        }
    }

    /// Makes a connection of a vendor.
    public func createConnection(
        ofVendor vendor: Int, in scope: AccessScope, _ fill: @escaping Change<Connection>
    ) async throws -> Provisioned<Connection> {
        try await change(in: scope) { draft in
            try draft.demandRoot("connections")
            let vendor = try draft.owned(\.vendors, vendor, "i_vendor")
            let made = try draft.create(
                in: .connections, { Connection(id: $0, vendor: vendor.id, name: "", destination: "") }, fill)
            draft.add(made, .object(.connections, id: made.object.id)) { .connection($0) }
            return made
        }
    }

    /// Changes a connection.
    public func updateConnection(_ id: Int, in scope: AccessScope, _ change: @escaping Change<Connection>) async throws
    {
        try await self.change(in: scope) { draft in
            let before = try draft.owned(\.connections, id, "i_connection")
            let owner = AttributeOwner.object(.connections, id: id)
            let after = try draft.changed(before, owner, change)
            if after.object.vendor != before.vendor { _ = try draft.owned(\.vendors, after.object.vendor, "i_vendor") }
            draft.replace(before, by: after, owner) { .connection($0) }
        }
    }

    /// A connection.
    public func connection(_ id: Int, in scope: AccessScope) async throws -> Provisioned<Connection> {
        try await read(in: scope) { draft in
            let connection = try draft.owned(\.connections, id, "i_connection")
            return Provisioned(connection, attributes: try draft.attributes(of: .object(.connections, id: id)))
        }
    }

    /// The connections of a vendor, or of all where `vendor` is nil, in the order of their ids.
    public func connections(
        ofVendor vendor: Int?, _ page: ProvisioningPage = .all, in scope: AccessScope
    ) async throws -> [Provisioned<Connection>] {
        try await read(in: scope) { draft in
            if let vendor { _ = try draft.owned(\.vendors, vendor, "i_vendor") }
            guard scope.isRoot else { return [] }
            let found = page.apply(to: draft.model.connections.all.filter { (vendor ?? $0.vendor) == $0.vendor })
            return try draft.provisioned(found, in: .connections, id: \.id)
        }
    }

    /// Removes a connection that no routing group and no number leads to.
    public func deleteConnection(_ id: Int, in scope: AccessScope) async throws {
        try await change(in: scope) { draft in
            let connection = try draft.owned(\.connections, id, "i_connection")
            let groups = draft.model.groups.all
            if let group = groups.first(where: { $0.members.contains { $0.connection == id } }) {
                throw ManagementError.inUse("i_connection", "routing group \(group.id)")
            }
            if let did = draft.model.dids.all.first(where: { $0.connection == id }) {
                throw ManagementError.inUse("i_connection", "DID \(did.id)")
            }
            draft.apply(.connection(.init(from: connection, to: nil)))
        }
    }
}
