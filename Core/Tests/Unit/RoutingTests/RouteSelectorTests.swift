import Accounting
import Routing
import Testing
import Timeline

@Suite struct RouteSelectorTests {
    /// Four connections with a destination set each; `routes` are given as prefix, preference and price.
    private func tables(
        _ policy: RoutingPolicy, _ routes: [[(String, Int, String)]], weights: [Int] = [1, 1, 1, 1],
        preferences: [Int] = [1, 1, 1, 1], change: (inout Provisioning) -> Void = { _ in }
    ) throws -> RoutingTables {
        var provisioning = exampleProvisioning()
        provisioning.connections = (1...4).map {
            Connection(id: $0 * 10, vendor: 1, name: "c\($0)", destination: "sip:127.0.0.\($0)")
        }
        provisioning.destinationSets = routes.enumerated().map { position, routes in
            DestinationSet(
                id: position + 1, name: "set",
                routes: routes.map { prefix, preference, price in
                    var route = Route(prefix: prefix)
                    route.preference = preference
                    route.price = Money(price)!
                    return route
                })
        }
        provisioning.routingGroups[0].policy = policy
        provisioning.routingGroups[0].members = routes.indices.map {
            RoutingGroupMember(
                connection: ($0 + 1) * 10, destinationSet: $0 + 1, preference: preferences[$0], weight: weights[$0])
        }
        change(&provisioning)
        return try RoutingTables(compiling: provisioning)
    }

    private func ids(_ tables: RoutingTables, _ cld: String, seed: UInt64 = 1) -> [Int] {
        var dice = IdentifierSource(seed: seed)
        var candidates: [RouteCandidate] = []
        _ = RouteSelector(tables: tables).select(account: 0, cld: bytes(cld), dice: &dice, into: &candidates)
        return candidates.map(\.connectionID)
    }

    private func selection(_ tables: RoutingTables, _ cld: String, notAnswering: Set<Int> = []) -> RouteSelection {
        var dice = IdentifierSource(seed: 1)
        var candidates: [RouteCandidate] = []
        let selector = RouteSelector(tables: tables, notAnswering: notAnswering)
        return selector.select(account: 0, cld: bytes(cld), dice: &dice, into: &candidates)
    }

    private static let mixed: [[(String, Int, String)]] = [
        [("", 1, "0.03"), ("44", 5, "0.02")], [("4420", 5, "0.01")], [("4", 7, "0.04")], [("447", 9, "0.001")],
    ]

    @Test("per destination set the longest prefix counts, and the policy orders what was found")
    func policies() throws {
        #expect(ids(try tables(.preference, Self.mixed), "442079") == [30, 10, 20])
        #expect(ids(try tables(.leastCost, Self.mixed), "442079") == [20, 10, 30])
        #expect(ids(try tables(.prefix, Self.mixed), "442079") == [20, 10, 30])
        #expect(ids(try tables(.order, Self.mixed), "442079") == [10, 20, 30])
        #expect(ids(try tables(.preference, Self.mixed), "447") == [40, 30, 10])
        #expect(ids(try tables(.preference, Self.mixed), "1323") == [10])
        #expect(ids(try tables(.preference, Self.mixed), "") == [10])
    }

    @Test("ties go to the route's preference, then the member's, then the first member")
    func ties() throws {
        let equal: [[(String, Int, String)]] = Array(repeating: [("4", 1, "0.01")], count: 4)
        for policy in [RoutingPolicy.preference, .leastCost, .prefix] {
            #expect(ids(try tables(policy, equal), "44") == [10, 20, 30, 40])
            #expect(ids(try tables(policy, equal, preferences: [1, 3, 2, 3]), "44") == [20, 40, 30, 10])
        }
        #expect(ids(try tables(.order, equal, preferences: [1, 3, 2, 3]), "44") == [10, 20, 30, 40])
        var better = equal
        better[3][0].1 = 2
        #expect(ids(try tables(.leastCost, better, preferences: [1, 3, 2, 1]), "44") == [40, 20, 30, 10])
    }

    @Test("the weighted policy puts each member first as often as its weight says, and tries every one once")
    func weighted() throws {
        let tables = try tables(.weighted, Array(repeating: [("", 1, "0")], count: 4), weights: [6, 3, 1, 0])
        var dice = IdentifierSource(seed: 42)
        var candidates: [RouteCandidate] = []
        var firsts: [Int: Int] = [:]
        for _ in 0..<10_000 {
            let selector = RouteSelector(tables: tables)
            #expect(selector.select(account: 0, cld: [49], dice: &dice, into: &candidates) == .routes)
            #expect(Set(candidates.map(\.connectionID)) == [10, 20, 30, 40])
            #expect(candidates.last?.connectionID == 40)
            firsts[candidates[0].connectionID, default: 0] += 1
        }
        #expect((5_700...6_300).contains(firsts[10] ?? 0))
        #expect((2_700...3_300).contains(firsts[20] ?? 0))
        #expect((800...1_200).contains(firsts[30] ?? 0))
        #expect(ids(tables, "1", seed: 7) == ids(tables, "1", seed: 7))
    }

    @Test("a forbidden prefix hides its connection, and the call is refused where nothing else fits")
    func forbidden() throws {
        let routes: [[(String, Int, String)]] = [[("", 1, "0"), ("449", 1, "0")], [("44", 1, "0")]]
        func change(_ provisioning: inout Provisioning) { provisioning.destinationSets[0].routes[1].forbidden = true }
        let both = try tables(.order, routes, change: change)
        #expect(ids(both, "4490") == [20] && selection(both, "4490") == .routes)
        let one = try tables(.order, [routes[0]], change: change)
        #expect(selection(one, "4490") == .forbidden && ids(one, "4490") == [])
        #expect(selection(one, "44") == .routes)
    }

    @Test("no prefix, no group, blocked and silent connections are told apart")
    func refusals() throws {
        let routes: [[(String, Int, String)]] = [[("44", 1, "0")], [("33", 1, "0")]]
        #expect(selection(try tables(.order, routes), "1") == .noRoute)
        #expect(selection(try tables(.order, routes) { $0.accounts[0].routingGroup = nil }, "44") == .noRoutingGroup)
        #expect(selection(try tables(.order, routes) { $0.connections[0].isBlocked = true }, "44") == .unavailable)
        #expect(selection(try tables(.order, routes), "44", notAnswering: [10]) == .unavailable)
        #expect(selection(try tables(.order, routes), "44", notAnswering: [20]) == .routes)
    }

    @Test("a candidate carries the route's time-outs, price, prefix and huntstop")
    func facts() throws {
        let tables = try tables(.order, [[("44", 3, "0.5")], [("", 1, "0")]]) {
            $0.destinationSets[0].routes[0].timeout1xx = .milliseconds(1_500)
            $0.destinationSets[0].routes[0].timeout2xx = nil
            $0.destinationSets[0].routes[0].huntstop = true
        }
        var dice = IdentifierSource(seed: 1)
        var candidates: [RouteCandidate] = []
        _ = RouteSelector(tables: tables).select(account: 0, cld: bytes("441"), dice: &dice, into: &candidates)
        #expect(candidates[0].timeout1xx == .milliseconds(1_500) && candidates[0].timeout2xx == nil)
        #expect(candidates[0].isHuntstop && candidates[0].prefixLength == 2 && candidates[0].price == Money("0.5")!)
        #expect(candidates[1].timeout1xx == .seconds(5) && candidates[1].timeout2xx == .seconds(60))
    }

    @Test("the explanation names each member, kept in the order of trying or dropped and why")
    func explanation() throws {
        let routes: [[(String, Int, String)]] = [
            [("33", 1, "0")], [("", 1, "0.01")], [("4", 9, "0")], [("44", 1, "0")],
        ]
        let tables = try tables(.preference, routes) {
            $0.destinationSets[3].routes[0].forbidden = true
        }
        var dice = IdentifierSource(seed: 1)
        let selector = RouteSelector(tables: tables)
        let explanation = selector.explain(account: 0, cld: bytes("4420"), dice: &dice)
        #expect(explanation.selection == .routes && explanation.group == 1 && explanation.policy == .preference)
        #expect(
            explanation.lines.map(\.sentence) == [
                "1. c3: prefix 4 of destination set 3, price 0, preference 9",
                "2. c2: the empty prefix of destination set 2, price 0.01, preference 1",
                "dropped c1: no prefix of destination set 1 fits",
                "dropped c4: prefix 44 of destination set 4 is forbidden",
            ])
    }

    @Test("the longest prefix is the one that a search through all prefixes finds")
    func againstSearch() throws {
        var dice = IdentifierSource(seed: 3)
        for _ in 0..<20 {
            var routes: [[(String, Int, String)]] = []
            for _ in 0..<3 {
                var prefixes: Set<String> = []
                for _ in 0..<60 { prefixes.insert(number(upTo: 6, &dice)) }
                routes.append(prefixes.map { ($0, 1, "0") })
            }
            let tables = try tables(.order, routes)
            var candidates: [RouteCandidate] = []
            for _ in 0..<200 {
                let cld = number(upTo: 9, &dice)
                let selector = RouteSelector(tables: tables)
                _ = selector.select(account: 0, cld: bytes(cld), dice: &dice, into: &candidates)
                let expected = routes.compactMap { set in
                    set.map(\.0).filter { cld.hasPrefix($0) || $0.isEmpty }.map(\.count).max()
                }
                #expect(candidates.map { Int($0.prefixLength) } == expected)
            }
        }
    }

    private func number(upTo length: Int, _ dice: inout IdentifierSource) -> String {
        String((0..<dice.number(below: length + 1)).map { _ in "012".randomElement(using: &dice)! })
    }
}
