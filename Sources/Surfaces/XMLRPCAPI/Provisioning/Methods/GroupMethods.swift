import Management
import Routing
import SQLiteStore
import XMLRPCValues

extension ProvisioningMethodMaker {
    // MARK: Routing groups

    /// Routing groups (§4.6).
    var groups: [XMLRPCMethod] { [addGroup, updateGroup, deleteGroup, groupInformation, listGroups] }

    private var addGroup: XMLRPCMethod {
        method("addRoutingGroup", "Makes a routing group. Required: name, policy. Result: i_routing_group.") {
            [ledger] arguments, scope in
            try arguments.demand("name", "policy")
            let made = try await ledger.createGroup(in: scope) { try DocumentedFields.group.fill(&$0, from: arguments) }
            return [.init("i_routing_group", .int(made.object.id))]
        }
    }

    private var updateGroup: XMLRPCMethod {
        method("updateRoutingGroup", "Changes a routing group. Required: i_routing_group.") {
            [ledger] arguments, scope in
            let id = try arguments.requiredInteger("i_routing_group")
            try await ledger.updateGroup(id, in: scope) { try DocumentedFields.group.fill(&$0, from: arguments) }
            return [.init("i_routing_group", .int(id))]
        }
    }

    private var deleteGroup: XMLRPCMethod {
        method("delRoutingGroup", "Removes a routing group that nothing is routed by. Required: i_routing_group.") {
            [ledger] arguments, scope in
            try await ledger.deleteGroup(try arguments.requiredInteger("i_routing_group"), in: scope)
            return []
        }
    }

    private static func members(of group: Provisioned<RoutingGroup>) -> [XMLRPCStruct.Member] {
        var members: [XMLRPCStruct.Member] = [
            .init("i_routing_group", .int(group.object.id)), .init("members_count", .int(group.object.members.count)),
        ]
        members += DocumentedFields.group.members(of: group)
        return members
    }

    private var groupInformation: XMLRPCMethod {
        method("getRoutingGroupInfo", "A routing group. Required: i_routing_group. Result: routing_group.") {
            [ledger] arguments, scope in
            let group = try await ledger.group(try arguments.requiredInteger("i_routing_group"), in: scope)
            return [.init("routing_group", .structure(XMLRPCStruct(Self.members(of: group))))]
        }
    }

    private var listGroups: XMLRPCMethod {
        method(
            "listRoutingGroups",
            """
            Routing groups. Optional: name_pattern and name_pattern_not (as SQL's LIKE), i_routing_group, offset, limit. \
            Result: list.
            """
        ) { [ledger] arguments, scope in
            let id = try arguments.integer("i_routing_group")
            if let id { _ = try await ledger.group(id, in: scope) }
            let groups = try await ledger.groups(
                named: try arguments.pattern("name_pattern"), except: try arguments.pattern("name_pattern_not"),
                id == nil ? try arguments.page() : .all, in: scope)
            let found = groups.filter { (id ?? $0.object.id) == $0.object.id }
            return [Self.list("list", found.map(Self.members))]
        }
    }

    // MARK: Members

    /// Members of routing groups (§4.6).
    var members: [XMLRPCMethod] { [addMember, updateMember, deleteMember, listMembers] }

    private var addMember: XMLRPCMethod {
        method(
            "addRoutingGroupMember",
            "Adds a member. Required: i_routing_group, i_connection, i_destination_set. Result: i_routing_group_member."
        ) { [ledger] arguments, scope in
            let group = try arguments.requiredInteger("i_routing_group")
            try arguments.demand("i_connection", "i_destination_set")
            let made = try await ledger.addMember(toGroup: group, in: scope) {
                try DocumentedFields.member.fill(&$0, from: arguments)
            }
            return [.init("i_routing_group_member", .int(made.object.id))]
        }
    }

    private var updateMember: XMLRPCMethod {
        method("updateRoutingGroupMember", "Changes a member. Required: i_routing_group_member.") {
            [ledger] arguments, scope in
            let id = try arguments.requiredInteger("i_routing_group_member")
            let group = try arguments.integer("i_routing_group")
            try await ledger.updateMember(id, ofGroup: group, in: scope) {
                try DocumentedFields.member.fill(&$0, from: arguments)
            }
            return [.init("i_routing_group_member", .int(id))]
        }
    }

    private var deleteMember: XMLRPCMethod {
        method("delRoutingGroupMember", "Removes a member. Required: i_routing_group_member.") {
            [ledger] arguments, scope in
            let id = try arguments.requiredInteger("i_routing_group_member")
            try await ledger.deleteMember(id, ofGroup: try arguments.integer("i_routing_group"), in: scope)
            return []
        }
    }

    private var listMembers: XMLRPCMethod {
        method(
            "listRoutingGroupMembers",
            """
            The members of a routing group. Required: i_routing_group. Optional: offset, limit. Result: list and \
            routing_group_members, which are the same.
            """
        ) { [ledger] arguments, scope in
            let group = try arguments.requiredInteger("i_routing_group")
            let members = try await ledger.members(ofGroup: group, try arguments.page(), in: scope)
            let rows = members.map { member -> [XMLRPCStruct.Member] in
                var row: [XMLRPCStruct.Member] = [
                    .init("i_routing_group_member", .int(member.object.id)), .init("i_routing_group", .int(group)),
                ]
                row += DocumentedFields.member.members(of: member)
                return row
            }
            return [Self.list("list", rows), Self.list("routing_group_members", rows)]
        }
    }
}
