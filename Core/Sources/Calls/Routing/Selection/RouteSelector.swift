import Timeline

/// Finds the routes of a call: per member of the account's routing group the longest prefix of its destination set,
/// ordered by the group's policy (active-calls-xmlrpc.md §3.2).
///
/// The cost depends on the members of the group and the length of the number, not on how many routes there are.
public struct RouteSelector: Sendable {
    /// The tables that candidates point into.
    public let tables: RoutingTables
    /// Ids of connections that do not answer their OPTIONS and are skipped.
    public var notAnswering: Set<Int>

    public init(tables: RoutingTables, notAnswering: Set<Int> = []) {
        self.tables = tables
        self.notAnswering = notAnswering
    }

    /// Fills `candidates` with the routes for the dialled number `cld`, as the account's translation left it, in the
    /// order in which they are tried. `account` is a position in the tables; `dice` is rolled under the `weighted`
    /// policy only.
    public func select(
        account: Int, cld: [UInt8], dice: inout IdentifierSource, into candidates: inout [RouteCandidate]
    ) -> RouteSelection {
        select(group: tables.accounts[account].routingGroup, cld: cld, dice: &dice, into: &candidates)
    }

    /// The same for a routing group of the tables; nil finds no routes.
    public func select(
        group: Int?, cld: [UInt8], dice: inout IdentifierSource, into candidates: inout [RouteCandidate]
    ) -> RouteSelection {
        var visitor = SilentVisitor()
        return select(group: group, cld: cld, dice: &dice, into: &candidates, visitor: &visitor)
    }

    /// The same with the reason for each member of the group that gave no candidate.
    /// `group` is a position in the tables where a rule chooses another group than the account's.
    public func explain(
        account: Int, group: Int? = nil, cld: [UInt8], dice: inout IdentifierSource
    ) -> RouteExplanation {
        var visitor = CollectingVisitor()
        var candidates: [RouteCandidate] = []
        let position = group ?? tables.accounts[account].routingGroup
        let selection = select(group: position, cld: cld, dice: &dice, into: &candidates, visitor: &visitor)
        let group = position.map { tables.groups[$0] }
        let lines = visitor.visits.map { visit in
            let member = tables.members[visit.member]
            let connection = tables.connections[Int(member.connection)]
            let set = tables.sets[Int(member.destinationSet)]
            let number = visit.member - (group?.members.lowerBound ?? 0)
            return RouteExplanation.Line(
                member: number, connection: connection.id, connectionName: connection.name,
                destinationSet: set.id,
                prefix: visit.route.map { String(decoding: set.prefixes.prefix($0), as: UTF8.self) },
                price: visit.route.map { set.routes[$0].price },
                preference: visit.route.map { Int(set.routes[$0].preference) }, refusal: visit.refusal,
                position: candidates.firstIndex { Int($0.member) == number })
        }
        return RouteExplanation(
            selection: selection, group: group?.id, groupName: group?.name, policy: group?.policy,
            lines: lines.sorted { ($0.position ?? .max, $0.member) < ($1.position ?? .max, $1.member) })
    }

    private func select(
        group: Int?, cld: [UInt8], dice: inout IdentifierSource, into candidates: inout [RouteCandidate],
        visitor: inout some RouteVisitor
    ) -> RouteSelection {
        candidates.removeAll(keepingCapacity: true)
        guard let position = group else { return .noRoutingGroup }
        let group = tables.groups[position]
        var number = PrefixTable.Number(cld)
        var isForbidden = false
        var isUnavailable = false
        for position in group.members {
            let member = tables.members[position]
            let set = Int(member.destinationSet)
            guard let route = tables.sets[set].prefixes.longestMatch(of: &number) else {
                visitor.visit(member: position, route: nil, refusal: .noPrefix)
                continue
            }
            let entry = tables.sets[set].routes[route]
            if entry.isForbidden {
                isForbidden = true
                visitor.visit(member: position, route: route, refusal: .forbidden)
                continue
            }
            let id = tables.connections[Int(member.connection)].id
            let isBlocked = tables.connections[Int(member.connection)].isBlocked
            if isBlocked || (!notAnswering.isEmpty && notAnswering.contains(id)) {
                isUnavailable = true
                visitor.visit(member: position, route: route, refusal: isBlocked ? .blocked : .notAnswering)
                continue
            }
            visitor.visit(member: position, route: route, refusal: nil)
            var candidate = RouteCandidate(
                route: entry, prefixLength: tables.sets[set].prefixes.length(route), member: member,
                number: position &- group.members.lowerBound, connectionID: id)
            if let shorter = tables.connections[Int(member.connection)].timeout1xx { candidate.shorten(to: shorter) }
            candidates.append(candidate)
        }
        group.policy.order(&candidates, dice: &dice)
        if !candidates.isEmpty { return .routes }
        return isUnavailable ? .unavailable : isForbidden ? .forbidden : .noRoute
    }
}

/// Hears of each member of a routing group as routing looks at it.
protocol RouteVisitor {
    /// `member` is a position in the tables, `route` one in the member's destination set; `refusal` is nil for a candidate.
    mutating func visit(member: Int, route: Int?, refusal: RouteRefusal?)
}

/// The visitor of live calls.
private struct SilentVisitor: RouteVisitor {
    @inline(__always)
    mutating func visit(member: Int, route: Int?, refusal: RouteRefusal?) {}
}

private struct CollectingVisitor: RouteVisitor {
    var visits: [(member: Int, route: Int?, refusal: RouteRefusal?)] = []

    mutating func visit(member: Int, route: Int?, refusal: RouteRefusal?) {
        visits.append((member, route, refusal))
    }
}
