import Addresses

/// The authentication rules, looked up at one probe per prefix length in use and then one per shape of pattern that
/// the network found uses, however many rules there are. In 256 parts, of which a change copies one.
struct AddressRuleTable: Sendable {
    private var parts: [AddressRulePart] = Array(repeating: AddressRulePart(), count: 256)
    private var lengthsIPv4: [Int] = []
    private var lengthsIPv6: [Int] = []
    /// Whether any rule names a domain.
    private(set) var usesDomains = false

    init() {}

    private static func part(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 24) & 255 }

    /// Adds a rule; of two equal ones the first that was added stays.
    mutating func insert(_ network: IPNetwork, _ patterns: RulePatterns, _ caller: AuthenticatedAccount) {
        let network = network.masked
        let hash = network.ruleHash
        parts[Self.part(of: hash)].insert(network, hash, patterns, caller)
        if patterns.namesDomain { usesDomains = true }
        if network.address.isIPv6 {
            Self.insert(network.prefixLength, into: &lengthsIPv6)
        } else {
            Self.insert(network.prefixLength, into: &lengthsIPv4)
        }
    }

    private static func insert(_ length: Int, into lengths: inout [Int]) {
        guard !lengths.contains(length) else { return }
        lengths.append(length)
        lengths.sort(by: >)
    }

    /// Removes the rule with these conditions.
    mutating func remove(_ network: IPNetwork, _ patterns: RulePatterns) {
        let network = network.masked
        let hash = network.ruleHash
        parts[Self.part(of: hash)].remove(network, hash, patterns)
    }

    /// The account of the most specific rule that fits; nil where none does.
    func account(source: IPAddress, _ conditions: RuleConditions) -> AuthenticatedAccount? {
        for length in source.isIPv6 ? lengthsIPv6 : lengthsIPv4 {
            let network = IPNetwork(source, prefixLength: length).masked
            let hash = network.ruleHash
            if let found = parts[Self.part(of: hash)].account(network, hash, conditions) { return found }
        }
        return nil
    }
}

/// The patterns of one rule.
struct RulePatterns {
    var cli: RulePattern
    var cld: RulePattern
    var toDomain: RulePattern
    var fromDomain: RulePattern

    init(_ rule: AuthenticationRule) {
        cli = RulePattern(rule.cli)
        cld = RulePattern(rule.cld)
        toDomain = RulePattern(domain: rule.toDomain)
        fromDomain = RulePattern(domain: rule.fromDomain)
    }

    /// Whether the rule names a domain.
    var namesDomain: Bool { toDomain.shape > 0 || fromDomain.shape > 0 }
    fileprivate var shape: Shape {
        Shape(cli: cli.shape, cld: cld.shape, toDomain: toDomain.shape, fromDomain: fromDomain.shape)
    }

    /// How the patterns of a rule look.
    fileprivate struct Shape: Hashable {
        var cli: UInt8
        var cld: UInt8
        var toDomain: UInt8
        var fromDomain: UInt8

        /// Higher is more specific: more patterns before fewer, then the caller's, then the dialled number's, then the
        /// domains.
        var rank: Int {
            let given = (cli > 0 ? 1 : 0) + (cld > 0 ? 1 : 0) + (toDomain > 0 ? 1 : 0) + (fromDomain > 0 ? 1 : 0)
            return given << 24 | Int(cli) << 16 | Int(cld) << 8 | (toDomain > 0 ? 2 : 0) | (fromDomain > 0 ? 1 : 0)
        }
    }
}

/// The rules of some networks.
private struct AddressRulePart: Sendable {
    /// The rules of one network.
    private struct Network {
        var address: IPNetwork
        /// Shapes of the rules that name a number or a domain, most specific first.
        var shapes: [RulePatterns.Shape] = []
        /// The rule that names none.
        var plain: AuthenticatedAccount?
    }

    private var networks: [Network] = []
    private var index = HashIndex()
    /// Keys are made by `key`, values are positions in `rules`.
    private var patterns = ByteKeyTable()
    private var rules: [AuthenticatedAccount] = []

    private func find(_ network: IPNetwork, _ hash: UInt64) -> Int? {
        index.find(hash) { networks[$0].address == network }
    }

    mutating func insert(
        _ network: IPNetwork, _ hash: UInt64, _ patterns: RulePatterns, _ caller: AuthenticatedAccount
    ) {
        let position: Int
        if let known = find(network, hash) {
            position = known
        } else {
            position = networks.count
            networks.append(Network(address: network))
            index.insert(position) { [networks] in networks[$0].address.ruleHash }
        }
        let shape = patterns.shape
        guard shape.rank > 0 else {
            if networks[position].plain == nil { networks[position].plain = caller }
            return
        }
        if !networks[position].shapes.contains(shape) {
            networks[position].shapes.append(shape)
            networks[position].shapes.sort { $0.rank > $1.rank }
        }
        rules.append(caller)
        _ = self.patterns.insert(Self.key(position, patterns), value: rules.count - 1)
    }

    mutating func remove(_ network: IPNetwork, _ hash: UInt64, _ patterns: RulePatterns) {
        guard let position = find(network, hash) else { return }
        if patterns.shape.rank == 0 {
            networks[position].plain = nil
        } else {
            self.patterns.remove(Self.key(position, patterns))
        }
    }

    func account(_ network: IPNetwork, _ hash: UInt64, _ conditions: RuleConditions) -> AuthenticatedAccount? {
        guard let position = find(network, hash) else { return nil }
        for shape in networks[position].shapes {
            guard let cli = Self.part(of: conditions.cli, shape.cli),
                let cld = Self.part(of: conditions.cld, shape.cld),
                let to = Self.part(of: conditions.toDomain, shape.toDomain),
                let from = Self.part(of: conditions.fromDomain, shape.fromDomain)
            else { continue }
            let key = Self.key(position, shape, Parts(cli: cli, cld: cld, toDomain: to, fromDomain: from))
            if let rule = patterns.value(of: key) { return rules[rule] }
        }
        return networks[position].plain
    }

    private static func key(_ network: Int, _ patterns: RulePatterns) -> [UInt8] {
        let parts = Parts(
            cli: patterns.cli.bytes[...], cld: patterns.cld.bytes[...], toDomain: patterns.toDomain.bytes[...],
            fromDomain: patterns.fromDomain.bytes[...])
        return key(network, patterns.shape, parts)
    }

    /// What the patterns of one shape compare of a call.
    private struct Parts {
        var cli: ArraySlice<UInt8>
        var cld: ArraySlice<UInt8>
        var toDomain: ArraySlice<UInt8>
        var fromDomain: ArraySlice<UInt8>
    }

    private static func key(_ network: Int, _ shape: RulePatterns.Shape, _ parts: Parts) -> [UInt8] {
        var key: [UInt8] = []
        key.reserveCapacity(
            12 + parts.cli.count + parts.cld.count + parts.toDomain.count + parts.fromDomain.count)
        for shift in 0..<4 { key.append(UInt8(truncatingIfNeeded: network >> (8 * shift))) }
        key.append(shape.cli)
        key.append(shape.cld)
        key.append(shape.toDomain)
        key.append(shape.fromDomain)
        append(parts.cli, to: &key)
        append(parts.cld, to: &key)
        append(parts.toDomain, to: &key)
        append(parts.fromDomain, to: &key)
        return key
    }

    private static func append(_ part: ArraySlice<UInt8>, to key: inout [UInt8]) {
        key.append(UInt8(truncatingIfNeeded: part.count))
        key.append(contentsOf: part)
    }

    /// The part of `text` that a pattern of this shape compares; nil where the text is too short or long for it.
    private static func part(of text: [UInt8], _ shape: UInt8) -> ArraySlice<UInt8>? {
        switch shape {
        case 0: return []
        case 255: return text.count <= RulePattern.maximumLength ? text[...] : nil
        default: return text.count >= Int(shape) - 1 ? text.prefix(Int(shape) - 1) : nil
        }
    }
}

extension IPNetwork {
    /// The same block with the bits behind the prefix cleared.
    public var masked: IPNetwork {
        var address = self.address
        if !address.isIPv6 {
            address.low = prefixLength == 0 ? 0 : address.low & ~(0xFFFF_FFFF >> UInt64(prefixLength)) & 0xFFFF_FFFF
        } else if prefixLength < 64 {
            address.high = prefixLength == 0 ? 0 : address.high & ~(UInt64.max >> UInt64(prefixLength))
            address.low = 0
        } else if prefixLength < 128 {
            address.low = prefixLength == 64 ? 0 : address.low & ~(UInt64.max >> UInt64(prefixLength - 64))
        }
        return IPNetwork(address, prefixLength: prefixLength)
    }

    /// The hash of a masked network.
    fileprivate var ruleHash: UInt64 {
        let length = UInt64(truncatingIfNeeded: prefixLength) | (address.isIPv6 ? 256 : 0)
        var mixed = (address.low &+ length &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
        mixed = (mixed ^ (mixed >> 32) ^ address.high) &* 0xD6E8_FEB8_6659_FD93
        return mixed ^ (mixed >> 32)
    }
}
