/// An open-addressing index from hashes to entry numbers; the owner holds the keys and says whether an entry fits.
struct HashIndex: Sendable {
    /// Upper half: upper half of the hash; lower half: entry number + 1; 0 for an empty slot.
    private var slots: [UInt64]
    private var mask: Int
    /// How many entries are indexed.
    private(set) var count = 0

    /// Room for `capacity` entries without growing.
    init(capacity: Int = 0) {
        var size = 8
        while size < capacity * 2 { size *= 2 }
        slots = Array(repeating: 0, count: size)
        mask = size - 1
    }

    /// The first entry with this hash for which `fits` holds.
    @inline(__always)
    func find(_ hash: UInt64, where fits: (Int) -> Bool) -> Int? {
        var position = Int(truncatingIfNeeded: hash) & mask
        let tag = hash & 0xFFFF_FFFF_0000_0000
        while true {
            let slot = slots[position]
            if slot == 0 { return nil }
            if slot & 0xFFFF_FFFF_0000_0000 == tag {
                let entry = Int(slot & 0xFFFF_FFFF) &- 1
                if fits(entry) { return entry }
            }
            position = (position &+ 1) & mask
        }
    }

    /// Adds `entry`; the caller has seen that it is not there. `hash` gives the hash of an entry and is asked again
    /// when the index grows.
    mutating func insert(_ entry: Int, hash: (Int) -> UInt64) {
        if (count + 1) * 2 > slots.count {
            let old = slots
            slots = Array(repeating: 0, count: old.count * 2)
            mask = slots.count - 1
            for slot in old where slot != 0 {
                place(Int(slot & 0xFFFF_FFFF) &- 1, hash: hash(Int(slot & 0xFFFF_FFFF) &- 1))
            }
        }
        place(entry, hash: hash(entry))
        count += 1
    }

    private mutating func place(_ entry: Int, hash: UInt64) {
        var position = Int(truncatingIfNeeded: hash) & mask
        while slots[position] != 0 { position = (position &+ 1) & mask }
        slots[position] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(UInt32(truncatingIfNeeded: entry &+ 1))
    }
}
