/// The prefixes of all destination sets; finds the longest that begins a number at one probe per prefix length in use,
/// however many prefixes there are.
struct PrefixTable: Sendable {
    /// Longest prefix, in bytes.
    static let maximumLength = 32

    /// The rolling hashes of a number's beginnings, made once and used for every destination set.
    struct Number {
        fileprivate var hashes: InlineArray<33, ByteHash>
        fileprivate let count: Int
        fileprivate let bytes: [UInt8]

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
            count = min(bytes.count, PrefixTable.maximumLength)
            hashes = InlineArray(repeating: ByteHash())
            var hash = ByteHash()
            for position in 0..<count {
                hash.combine(bytes[position])
                hashes[position + 1] = hash
            }
        }
    }

    private struct Entry: BitwiseCopyable {
        var start: UInt32
        var set: UInt32
        var count: UInt8
    }

    private var bytes: [UInt8] = []
    private var entries: [Entry] = []
    /// For each set one bit per prefix length in use.
    private var lengths: [UInt64]
    private var index: HashIndex

    /// Room for `sets` destination sets and `capacity` prefixes.
    init(sets: Int, capacity: Int) {
        lengths = Array(repeating: 0, count: sets)
        index = HashIndex(capacity: capacity)
    }

    /// Adds the next prefix; its number is one above the one before. False where the set has it already.
    mutating func append(_ prefix: [UInt8], set: Int) -> Bool {
        var hash = ByteHash()
        for byte in prefix { hash.combine(byte) }
        let isKnown = index.find(hash.value(salt: UInt64(set))) { self.has($0, prefix, count: prefix.count, set: set) }
        guard isKnown == nil else { return false }
        entries.append(
            Entry(start: UInt32(bytes.count), set: UInt32(set), count: UInt8(truncatingIfNeeded: prefix.count)))
        bytes.append(contentsOf: prefix)
        lengths[set] |= 1 << UInt64(prefix.count)
        index.insert(entries.count - 1) { [bytes, entries] position in
            let entry = entries[position]
            var hash = ByteHash()
            for place in Int(entry.start)..<(Int(entry.start) + Int(entry.count)) { hash.combine(bytes[place]) }
            return hash.value(salt: UInt64(entry.set))
        }
        return true
    }

    /// The position of the longest prefix of `set` that begins `number`, which stays as it is and is not copied; nil where
    /// none does.
    func longestMatch(of number: inout Number, in set: Int) -> Int? {
        var candidates = lengths[set] & ((2 << UInt64(number.count)) &- 1)
        while candidates != 0 {
            let length = 63 &- candidates.leadingZeroBitCount
            candidates &= ~(1 << UInt64(length))
            let hash = number.hashes[length].value(salt: UInt64(set))
            let found = index.find(hash) { self.has($0, number.bytes, count: length, set: set) }
            if let found { return found }
        }
        return nil
    }

    /// The bytes of a prefix.
    func prefix(_ position: Int) -> ArraySlice<UInt8> {
        let start = Int(entries[position].start)
        return bytes[start..<(start + Int(entries[position].count))]
    }

    /// The length of a prefix, in bytes.
    func length(_ position: Int) -> Int { Int(entries[position].count) }

    private func has(_ position: Int, _ number: [UInt8], count: Int, set: Int) -> Bool {
        let entry = entries[position]
        guard Int(entry.count) == count && Int(entry.set) == set else { return false }
        let start = Int(entry.start)
        for offset in 0..<count where bytes[start &+ offset] != number[offset] { return false }
        return true
    }
}
