/// The prefixes of one destination set; finds the longest that begins a number at one probe per prefix length in use,
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
        var count: UInt8
        var isRemoved: Bool
    }

    private var bytes: [UInt8] = []
    private var entries: [Entry] = []
    /// One bit per prefix length in use.
    private var lengths: UInt64 = 0
    private var index: HashIndex

    /// Room for `capacity` prefixes.
    init(capacity: Int = 0) { index = HashIndex(capacity: capacity) }

    /// How many prefixes were added, those removed included.
    var count: Int { entries.count }

    /// Adds the next prefix; its position is one above the one before. False where the set has it already.
    mutating func append(_ prefix: [UInt8]) -> Bool {
        guard position(of: prefix) == nil else { return false }
        entries.append(
            Entry(start: UInt32(bytes.count), count: UInt8(truncatingIfNeeded: prefix.count), isRemoved: false))
        bytes.append(contentsOf: prefix)
        lengths |= 1 << UInt64(prefix.count)
        index.insert(entries.count - 1) { [bytes, entries] position in
            let entry = entries[position]
            var hash = ByteHash()
            for place in Int(entry.start)..<(Int(entry.start) + Int(entry.count)) { hash.combine(bytes[place]) }
            return hash.value()
        }
        return true
    }

    /// Removes the prefix at a position, which is not used again.
    mutating func remove(_ position: Int) { entries[position].isRemoved = true }

    /// The position of exactly this prefix; nil where it is not there.
    func position(of prefix: [UInt8]) -> Int? {
        var hash = ByteHash()
        for byte in prefix { hash.combine(byte) }
        return index.find(hash.value()) { self.has($0, prefix, count: prefix.count) }
    }

    /// The position of the longest prefix that begins `number`, which stays as it is and is not copied; nil where none
    /// does.
    func longestMatch(of number: inout Number) -> Int? {
        var candidates = lengths & ((2 << UInt64(number.count)) &- 1)
        while candidates != 0 {
            let length = 63 &- candidates.leadingZeroBitCount
            candidates &= ~(1 << UInt64(length))
            let hash = number.hashes[length].value()
            let found = index.find(hash) { self.has($0, number.bytes, count: length) }
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

    private func has(_ position: Int, _ number: [UInt8], count: Int) -> Bool {
        let entry = entries[position]
        guard Int(entry.count) == count && !entry.isRemoved else { return false }
        let start = Int(entry.start)
        for offset in 0..<count where bytes[start &+ offset] != number[offset] { return false }
        return true
    }
}
