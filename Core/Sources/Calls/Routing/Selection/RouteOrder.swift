import Timeline

extension RoutingPolicy {
    /// Puts candidates into the order in which they are tried. Ties are broken by the route's preference, the
    /// member's preference and the members' order, so that the order is the same each time but under `weighted`.
    func order(_ candidates: inout [RouteCandidate], dice: inout IdentifierSource) {
        guard candidates.count > 1 else { return }
        switch self {
        case .preference: candidates.sort { Self.precedesByPreference($0, $1) }
        case .leastCost:
            candidates.sort { $0.price != $1.price ? $0.price < $1.price : Self.precedesByPreference($0, $1) }
        case .prefix:
            candidates.sort {
                $0.prefixLength != $1.prefixLength
                    ? $0.prefixLength > $1.prefixLength : Self.precedesByPreference($0, $1)
            }
        case .order: break
        case .weighted: Self.draw(&candidates, dice: &dice)
        }
    }

    private static func precedesByPreference(_ left: RouteCandidate, _ right: RouteCandidate) -> Bool {
        if left.preference != right.preference { return left.preference > right.preference }
        if left.memberPreference != right.memberPreference { return left.memberPreference > right.memberPreference }
        return left.member < right.member
    }

    /// Draws without putting back, each with the chance its weight has among those left; weight 0 comes last, in the
    /// members' order.
    private static func draw(_ candidates: inout [RouteCandidate], dice: inout IdentifierSource) {
        var total = candidates.reduce(0) { $0 + Int($1.weight) }
        var place = 0
        while total > 0 {
            var mark = dice.number(below: total)
            var drawn = place
            while mark >= Int(candidates[drawn].weight) {
                mark -= Int(candidates[drawn].weight)
                drawn += 1
            }
            let candidate = candidates.remove(at: drawn)
            candidates.insert(candidate, at: place)
            total -= Int(candidate.weight)
            place += 1
        }
    }
}
