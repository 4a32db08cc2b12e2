/// A dictionary from provisioned numbers to positions that is cheaper than one with a secret hash: its keys are never
/// chosen by peers. Open addressing, entries move up when one is removed.
struct NumberIndex: Sendable {
    private struct Slot: BitwiseCopyable {
        var key: UInt64
        /// Position + 1; 0 for an empty slot.
        var value: Int
    }

    private var slots = Array(repeating: Slot(key: 0, value: 0), count: 16)
    /// How many keys are kept.
    private(set) var count = 0

    private var mask: Int { slots.count &- 1 }

    private func home(_ key: UInt64) -> Int {
        let mixed = key &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 32) & mask
    }

    /// The position kept for `key`.
    subscript(key: UInt64) -> Int? {
        var place = home(key)
        while slots[place].value != 0 {
            if slots[place].key == key { return slots[place].value &- 1 }
            place = (place &+ 1) & mask
        }
        return nil
    }

    /// Keeps a position for a key that is not there.
    mutating func insert(_ key: UInt64, _ position: Int) {
        if (count + 1) * 2 > slots.count {
            let old = slots
            slots = Array(repeating: Slot(key: 0, value: 0), count: old.count * 2)
            for slot in old where slot.value != 0 { place(slot) }
        }
        place(Slot(key: key, value: position + 1))
        count += 1
    }

    private mutating func place(_ slot: Slot) {
        var place = home(slot.key)
        while slots[place].value != 0 { place = (place &+ 1) & mask }
        slots[place] = slot
    }

    /// Forgets a key.
    mutating func remove(_ key: UInt64) {
        var gap = home(key)
        while slots[gap].value != 0 && slots[gap].key != key { gap = (gap &+ 1) & mask }
        guard slots[gap].value != 0 else { return }
        count -= 1
        var place = gap
        while true {
            place = (place &+ 1) & mask
            guard slots[place].value != 0 else { break }
            let distance = (place &- home(slots[place].key)) & mask
            if distance >= (place &- gap) & mask {
                slots[gap] = slots[place]
                gap = place
            }
        }
        slots[gap] = Slot(key: 0, value: 0)
    }
}
