import Routing
import SQLiteStore

/// Destination sets and their routes, which belong to root.
extension ProvisioningLedger {
    /// Makes an empty destination set.
    public func createDestinationSet(
        in scope: AccessScope, _ fill: @escaping Change<DestinationSet>
    ) async throws -> Provisioned<DestinationSet> {
        try await change(in: scope) { draft in
            try draft.demandRoot("destination sets")
            let made = try draft.create(in: .destinationSets, { DestinationSet(id: $0, name: "") }, fill)
            draft.add(made, .object(.destinationSets, id: made.object.id)) { .destinationSet($0) }
            return made
        }
    }

    /// Changes a destination set, not its routes.
    public func updateDestinationSet(
        _ id: Int, in scope: AccessScope, _ change: @escaping Change<DestinationSet>
    ) async throws {
        try await self.change(in: scope) { draft in
            let before = try draft.owned(\.sets, id, "i_destination_set")
            let owner = AttributeOwner.object(.destinationSets, id: id)
            draft.replace(before, by: try draft.changed(before, owner, change), owner) { .destinationSet($0) }
        }
    }

    /// A destination set without its routes.
    public func destinationSet(_ id: Int, in scope: AccessScope) async throws -> Provisioned<DestinationSet> {
        try await read(in: scope) { draft in
            let set = try draft.owned(\.sets, id, "i_destination_set")
            return Provisioned(set, attributes: try draft.attributes(of: .object(.destinationSets, id: id)))
        }
    }

    /// The destination sets whose names fit, without their routes, in the order of their ids.
    public func destinationSets(
        named pattern: LikePattern?, _ page: ProvisioningPage = .all, in scope: AccessScope
    ) async throws -> [Provisioned<DestinationSet>] {
        try await read(in: scope) { draft in
            guard scope.isRoot else { return [] }
            let found = page.apply(to: draft.model.sets.all.filter { pattern?.fits($0.name) != false })
            return try draft.provisioned(found, in: .destinationSets, id: \.id)
        }
    }

    /// Removes a destination set with its routes, where no routing group uses it.
    public func deleteDestinationSet(_ id: Int, in scope: AccessScope) async throws {
        try await change(in: scope) { draft in
            var set = try draft.owned(\.sets, id, "i_destination_set")
            let groups = draft.model.groups.all
            if let group = groups.first(where: { $0.members.contains { $0.destinationSet == id } }) {
                throw ManagementError.inUse("i_destination_set", "routing group \(group.id)")
            }
            set.routes = draft.model.routes[id]?.all ?? []
            draft.apply(.destinationSet(.init(from: set, to: nil)))
        }
    }

    /// Adds a route for a prefix that the set does not have.
    public func addRoute(
        _ prefix: String, toSet set: Int, in scope: AccessScope, _ fill: @escaping Change<Route>
    ) async throws {
        try await change(in: scope) { draft in
            _ = try draft.owned(\.sets, set, "i_destination_set")
            try draft.demandNoRoute(prefix, inSet: set, member: "prefix")
            var made = Provisioned(Route(prefix: prefix))
            try fill(&made)
            draft.add(made, .route(set: set, prefix: prefix)) { .route(set: set, $0) }
        }
    }

    /// Changes the route of a prefix, and its prefix where `change` does.
    public func updateRoute(
        _ prefix: String, inSet set: Int, in scope: AccessScope, _ change: @escaping Change<Route>
    ) async throws {
        try await self.change(in: scope) { draft in
            let before = try draft.route(prefix, inSet: set)
            let after = try draft.changed(before, .route(set: set, prefix: prefix), change)
            if after.object.prefix != prefix {
                try draft.demandNoRoute(after.object.prefix, inSet: set, member: "new_prefix")
            }
            draft.replace(before, by: after, .route(set: set, prefix: after.object.prefix)) { .route(set: set, $0) }
        }
    }

    /// Removes the route of a prefix.
    public func deleteRoute(_ prefix: String, inSet set: Int, in scope: AccessScope) async throws {
        try await change(in: scope) { draft in
            let route = try draft.route(prefix, inSet: set)
            draft.apply(.route(set: set, .init(from: route, to: nil)))
        }
    }

    /// Removes all routes of a set.
    public func deleteRoutes(ofSet set: Int, in scope: AccessScope) async throws {
        try await change(in: scope) { draft in
            _ = try draft.owned(\.sets, set, "i_destination_set")
            for route in draft.model.routes[set]?.all ?? [] {
                draft.apply(.route(set: set, .init(from: route, to: nil)))
            }
        }
    }

    /// The routes of a set, in the order in which they were added.
    public func routes(
        ofSet set: Int, _ page: ProvisioningPage = .all, in scope: AccessScope
    ) async throws -> [Provisioned<Route>] {
        try await read(in: scope) { [store] draft in
            _ = try draft.owned(\.sets, set, "i_destination_set")
            let routes = page.apply(to: draft.model.routes[set]?.all ?? [])
            let attributes = try store.attributes(ofRoutesIn: set)
            return routes.map { Provisioned($0, attributes: attributes[$0.prefix] ?? [:]) }
        }
    }
}

extension ProvisioningDraft {
    fileprivate func route(_ prefix: String, inSet set: Int) throws(ManagementError) -> Route {
        _ = try owned(\.sets, set, "i_destination_set")
        guard let route = model.routes[set]?[prefix] else { throw .wrongReference("prefix") }
        return route
    }

    fileprivate func demandNoRoute(_ prefix: String, inSet set: Int, member: String) throws(ManagementError) {
        guard model.routes[set]?[prefix] == nil else {
            throw ManagementError(.conflict, member: member, message: "The destination set has this prefix already")
        }
    }
}
