import Addresses

/// The authentication rules, looked up at one probe per prefix length in use and then one per shape of pattern that
/// the network found uses, however many rules there are.
struct AddressRuleTable: Sendable {
    /// What a rule says about one number.
    private enum Pattern {
        case any
        case beginning([UInt8])
        case exact([UInt8])

        /// `text` ends in `*` for a beginning.
        init(_ text: String?) {
            guard let text else {
                self = .any
                return
            }
            let bytes = Array(text.utf8)
            self = bytes.last == UInt8(ascii: "*") ? .beginning(bytes.dropLast()) : .exact(bytes)
        }

        /// 0 for any, 1 + length for a beginning, 255 for exact: higher is more specific.
        var shape: UInt8 {
            switch self {
            case .any: 0
            case .beginning(let bytes): UInt8(clamping: 1 + min(bytes.count, 253))
            case .exact: 255
            }
        }

        var bytes: [UInt8] {
            switch self {
            case .any: []
            case .beginning(let bytes), .exact(let bytes): bytes
            }
        }
    }

    /// How the two patterns of a rule look.
    private struct Shape: Hashable {
        var cli: UInt8
        var cld: UInt8

        /// Higher is more specific: two patterns before one, then the caller's, then the dialled number's.
        var rank: Int { ((cli > 0 ? 1 : 0) + (cld > 0 ? 1 : 0)) << 16 | Int(cli) << 8 | Int(cld) }
    }

    /// The rules of one network.
    private struct Network {
        var address: IPNetwork
        /// Shapes of the rules that name a number, most specific first.
        var shapes: [Shape] = []
        /// The rule that names none.
        var plain: AuthenticatedAccount?
    }

    private var networks: [Network] = []
    private var index = HashIndex()
    /// Keys are made by `key`, values are positions in `rules`.
    private var patterns = ByteKeyTable()
    private var rules: [AuthenticatedAccount] = []
    private var lengthsIPv4: [Int] = []
    private var lengthsIPv6: [Int] = []

    init() {}

    /// Longest pattern, in bytes.
    static let maximumPatternLength = 64

    /// Adds a rule; the rules must come by ascending id, so that the first of two equal ones stays.
    mutating func insert(_ network: IPNetwork, cli: String?, cld: String?, account: AuthenticatedAccount) {
        let position = position(of: network.masked)
        let callerPattern = Pattern(cli)
        let calledPattern = Pattern(cld)
        let shape = Shape(cli: callerPattern.shape, cld: calledPattern.shape)
        guard shape.rank > 0 else {
            if networks[position].plain == nil { networks[position].plain = account }
            return
        }
        if !networks[position].shapes.contains(shape) {
            networks[position].shapes.append(shape)
            networks[position].shapes.sort { $0.rank > $1.rank }
        }
        rules.append(account)
        let key = Self.key(position, shape, cli: callerPattern.bytes[...], cld: calledPattern.bytes[...])
        _ = patterns.insert(key, value: rules.count - 1)
    }

    /// Position of the network, which is added where it is new.
    private mutating func position(of network: IPNetwork) -> Int {
        if let known = find(network) { return known }
        networks.append(Network(address: network))
        index.insert(networks.count - 1) { [networks] in Self.hash(networks[$0].address) }
        insertLength(network)
        return networks.count - 1
    }

    private func find(_ network: IPNetwork) -> Int? {
        index.find(Self.hash(network)) { networks[$0].address == network }
    }

    private static func hash(_ network: IPNetwork) -> UInt64 {
        let length = UInt64(truncatingIfNeeded: network.prefixLength) | (network.address.isIPv6 ? 256 : 0)
        var mixed = (network.address.low &+ length &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
        mixed = (mixed ^ (mixed >> 32) ^ network.address.high) &* 0xD6E8_FEB8_6659_FD93
        return mixed ^ (mixed >> 32)
    }

    private mutating func insertLength(_ network: IPNetwork) {
        if network.address.isIPv6 {
            if !lengthsIPv6.contains(network.prefixLength) { lengthsIPv6.append(network.prefixLength) }
            lengthsIPv6.sort(by: >)
        } else {
            if !lengthsIPv4.contains(network.prefixLength) { lengthsIPv4.append(network.prefixLength) }
            lengthsIPv4.sort(by: >)
        }
    }

    private static func key(_ network: Int, _ shape: Shape, cli: ArraySlice<UInt8>, cld: ArraySlice<UInt8>) -> [UInt8] {
        var key: [UInt8] = []
        key.reserveCapacity(7 + cli.count + cld.count)
        for shift in 0..<4 { key.append(UInt8(truncatingIfNeeded: network >> (8 * shift))) }
        key.append(shape.cli)
        key.append(shape.cld)
        key.append(UInt8(truncatingIfNeeded: cli.count))
        key.append(contentsOf: cli)
        key.append(contentsOf: cld)
        return key
    }

    /// The account of the most specific rule that fits; nil where none does.
    func account(source: IPAddress, cli: [UInt8], cld: [UInt8]) -> AuthenticatedAccount? {
        for length in source.isIPv6 ? lengthsIPv6 : lengthsIPv4 {
            guard let network = find(IPNetwork(source, prefixLength: length).masked) else { continue }
            for shape in networks[network].shapes {
                guard let callerPart = Self.part(of: cli, shape.cli), let calledPart = Self.part(of: cld, shape.cld)
                else { continue }
                let key = Self.key(network, shape, cli: callerPart, cld: calledPart)
                if let rule = patterns.value(of: key) { return rules[rule] }
            }
            if let plain = networks[network].plain { return plain }
        }
        return nil
    }

    /// The part of `number` that a pattern of this shape compares; nil where the number is too short or long for it.
    private static func part(of number: [UInt8], _ shape: UInt8) -> ArraySlice<UInt8>? {
        switch shape {
        case 0: return []
        case 255: return number.count <= maximumPatternLength ? number[...] : nil
        default: return number.count >= Int(shape) - 1 ? number.prefix(Int(shape) - 1) : nil
        }
    }
}

extension IPNetwork {
    /// The same block with the bits behind the prefix cleared.
    var masked: IPNetwork {
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
}
