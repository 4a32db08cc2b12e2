/// A hash table from fingerprints to slot indices: open addressing, 16 bytes per entry, several slots per fingerprint
/// allowed. 96 bits of the fingerprint are compared, so that a look-up touches nothing else.
struct FingerprintIndex: Sendable {
    private struct Entry: Sendable, BitwiseCopyable {
        var low: UInt64
        var high: UInt32
        /// `.max` marks an empty entry.
        var slot: UInt32
    }

    private static let empty = Entry(low: 0, high: 0, slot: .max)

    private var entries = Array(repeating: Self.empty, count: 64)
    private(set) var count = 0

    /// The first slot entered under `fingerprint` that `matches` accepts.
    func find(_ fingerprint: Fingerprint, where matches: (UInt32) -> Bool) -> UInt32? {
        let mask = entries.count &- 1
        let high = UInt32(truncatingIfNeeded: fingerprint.high)
        var position = Int(truncatingIfNeeded: fingerprint.low) & mask
        while true {
            let entry = entries[position]
            if entry.slot == .max { return nil }
            if entry.low == fingerprint.low && entry.high == high && matches(entry.slot) { return entry.slot }
            position = (position &+ 1) & mask
        }
    }

    /// Enters `slot` under `fingerprint`.
    mutating func insert(_ fingerprint: Fingerprint, slot: UInt32) {
        if count &* 4 >= entries.count &* 3 { grow() }
        place(Entry(low: fingerprint.low, high: UInt32(truncatingIfNeeded: fingerprint.high), slot: slot))
        count &+= 1
    }

    /// Takes `slot` out, which was entered under a fingerprint whose lower half is `low`.
    mutating func remove(low: UInt64, slot: UInt32) {
        let mask = entries.count &- 1
        var position = Int(truncatingIfNeeded: low) & mask
        while entries[position].slot != slot || entries[position].low != low {
            if entries[position].slot == .max { return }
            position = (position &+ 1) & mask
        }
        closeGap(at: position)
        count &-= 1
    }

    /// Moves later entries of the same run back, so that no search meets a hole before its entry.
    private mutating func closeGap(at start: Int) {
        let mask = entries.count &- 1
        var gap = start
        var position = start
        while true {
            position = (position &+ 1) & mask
            if entries[position].slot == .max { break }
            let home = Int(truncatingIfNeeded: entries[position].low) & mask
            let distanceFromHome = (position &- home) & mask
            let distanceFromGap = (position &- gap) & mask
            if distanceFromHome >= distanceFromGap {
                entries[gap] = entries[position]
                gap = position
            }
        }
        entries[gap] = Self.empty
    }

    private mutating func place(_ entry: Entry) {
        let mask = entries.count &- 1
        var position = Int(truncatingIfNeeded: entry.low) & mask
        while entries[position].slot != .max { position = (position &+ 1) & mask }
        entries[position] = entry
    }

    private mutating func grow() {
        let old = entries
        entries = Array(repeating: Self.empty, count: old.count * 2)
        for entry in old where entry.slot != .max { place(entry) }
    }
}
