import Routing
import SQLiteStore

/// Routing groups and their members, which belong to root.
extension ProvisioningLedger {
    /// Makes a routing group without members.
    public func createGroup(
        in scope: AccessScope, _ fill: @escaping Change<RoutingGroup>
    ) async throws -> Provisioned<RoutingGroup> {
        try await change(in: scope) { draft in
            try draft.demandRoot("routing groups")
            let made = try draft.create(in: .routingGroups, { RoutingGroup(id: $0, name: "") }, fill)
            draft.add(made, .object(.routingGroups, id: made.object.id)) { .routingGroup($0) }
            return made
        }
    }

    /// Changes a routing group, not its members.
    public func updateGroup(_ id: Int, in scope: AccessScope, _ change: @escaping Change<RoutingGroup>) async throws {
        try await self.change(in: scope) { draft in
            let before = try draft.owned(\.groups, id, "i_routing_group")
            let owner = AttributeOwner.object(.routingGroups, id: id)
            draft.replace(before, by: try draft.changed(before, owner, change), owner) { .routingGroup($0) }
        }
    }

    /// The routing groups whose names fit, with their members, in the order of their ids.
    public func groups(
        named pattern: LikePattern?, except other: LikePattern? = nil, _ page: ProvisioningPage = .all,
        in scope: AccessScope
    ) async throws -> [Provisioned<RoutingGroup>] {
        try await read(in: scope) { draft in
            guard scope.isRoot else { return [] }
            let found = page.apply(
                to: draft.model.groups.all.filter { pattern?.fits($0.name) != false && other?.fits($0.name) != true })
            return try draft.provisioned(found, in: .routingGroups, id: \.id)
        }
    }

    /// A routing group.
    public func group(_ id: Int, in scope: AccessScope) async throws -> Provisioned<RoutingGroup> {
        try await read(in: scope) { draft in
            let group = try draft.owned(\.groups, id, "i_routing_group")
            return Provisioned(group, attributes: try draft.attributes(of: .object(.routingGroups, id: id)))
        }
    }

    /// Removes a routing group with its members, where nobody's calls are routed by it.
    public func deleteGroup(_ id: Int, in scope: AccessScope) async throws {
        try await change(in: scope) { draft in
            let group = try draft.owned(\.groups, id, "i_routing_group")
            if let customer = draft.model.customers.all.first(where: { $0.routingGroup == id }) {
                throw ManagementError.inUse("i_routing_group", "customer \(customer.id)")
            }
            if let account = draft.model.accounts.all.first(where: { $0.routingGroup == id }) {
                throw ManagementError.inUse("i_routing_group", "account \(account.id)")
            }
            if let rule = draft.model.rules.all.first(where: { $0.routingGroup == id }) {
                throw ManagementError.inUse("i_routing_group", "authentication rule \(rule.id)")
            }
            draft.apply(.routingGroup(.init(from: group, to: nil)))
        }
    }

    /// Adds a member at the end of a routing group.
    public func addMember(
        toGroup id: Int, in scope: AccessScope, _ fill: @escaping Change<RoutingGroupMember>
    ) async throws -> Provisioned<RoutingGroupMember> {
        try await change(in: scope) { draft in
            let before = try draft.owned(\.groups, id, "i_routing_group")
            let number = try draft.nextID(.routingGroupMembers)
            var made = Provisioned(RoutingGroupMember(connection: 0, destinationSet: 0))
            try fill(&made)
            made.object.id = number
            try draft.check(made.object)
            var group = before
            group.members.append(made.object)
            draft.apply(.routingGroup(.init(from: before, to: group)))
            if !made.attributes.isEmpty {
                draft.keep(made.attributes, of: .object(.routingGroupMembers, id: number))
            }
            return made
        }
    }

    /// Changes a member of a routing group; `group` is checked where it is given.
    public func updateMember(
        _ id: Int, ofGroup group: Int?, in scope: AccessScope, _ change: @escaping Change<RoutingGroupMember>
    ) async throws {
        try await self.change(in: scope) { draft in
            let (before, place) = try draft.member(id, ofGroup: group)
            let owner = AttributeOwner.object(.routingGroupMembers, id: id)
            let after = try draft.changed(before.members[place], owner, change)
            try draft.check(after.object)
            var group = before
            group.members[place] = after.object
            if group != before { draft.apply(.routingGroup(.init(from: before, to: group))) }
            draft.keep(after.attributes, of: owner)
        }
    }

    /// The members of a routing group in their order.
    public func members(
        ofGroup id: Int, _ page: ProvisioningPage = .all, in scope: AccessScope
    ) async throws -> [Provisioned<RoutingGroupMember>] {
        try await read(in: scope) { draft in
            let group = try draft.owned(\.groups, id, "i_routing_group")
            return try draft.provisioned(page.apply(to: group.members), in: .routingGroupMembers, id: \.id)
        }
    }

    /// Removes a member of a routing group; `group` is checked where it is given.
    public func deleteMember(_ id: Int, ofGroup group: Int?, in scope: AccessScope) async throws {
        try await change(in: scope) { draft in
            let (before, place) = try draft.member(id, ofGroup: group)
            var group = before
            group.members.remove(at: place)
            draft.apply(.routingGroup(.init(from: before, to: group)))
        }
    }
}

extension ProvisioningDraft {
    fileprivate func member(_ id: Int, ofGroup group: Int?) throws(ManagementError) -> (RoutingGroup, Int) {
        if let group { _ = try owned(\.groups, group, "i_routing_group") }
        guard scope.isRoot, let found = model.member(id), (group ?? found.group.id) == found.group.id else {
            throw .wrongReference("i_routing_group_member")
        }
        return found
    }

    fileprivate func check(_ member: RoutingGroupMember) throws(ManagementError) {
        _ = try owned(\.connections, member.connection, "i_connection")
        _ = try owned(\.sets, member.destinationSet, "i_destination_set")
    }
}
