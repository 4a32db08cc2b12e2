/// A dictionary from byte strings to numbers that is looked up with bytes of a message, without a copy.
struct ByteKeyTable: Sendable {
    private struct Entry: BitwiseCopyable {
        var start: UInt32
        var count: UInt32
        /// -1 for a key that was removed.
        var value: Int
    }

    private var keys: [UInt8] = []
    private var entries: [Entry] = []
    private var index: HashIndex

    /// Room for `capacity` keys without growing.
    init(capacity: Int = 0) { index = HashIndex(capacity: capacity) }

    /// The value of `key`; nil where there is none.
    func value(of key: [UInt8]) -> Int? {
        guard let entry = entry(of: key), entries[entry].value >= 0 else { return nil }
        return entries[entry].value
    }

    private func entry(of key: [UInt8]) -> Int? {
        var hash = ByteHash()
        for byte in key { hash.combine(byte) }
        return index.find(hash.value()) { entry in
            let (start, count) = (Int(entries[entry].start), Int(entries[entry].count))
            guard count == key.count else { return false }
            for offset in 0..<count where keys[start &+ offset] != key[offset] { return false }
            return true
        }
    }

    /// Adds a key with a value from 0 on; where it is there already its value stays and is returned.
    mutating func insert(_ key: [UInt8], value: Int) -> Int? {
        if let known = entry(of: key) {
            if entries[known].value >= 0 { return entries[known].value }
            entries[known].value = value
            return nil
        }
        entries.append(Entry(start: UInt32(keys.count), count: UInt32(key.count), value: value))
        keys.append(contentsOf: key)
        index.insert(entries.count - 1) { [keys, entries] entry in
            var hash = ByteHash()
            let (start, count) = (Int(entries[entry].start), Int(entries[entry].count))
            for position in start..<(start + count) { hash.combine(keys[position]) }
            return hash.value()
        }
        return nil
    }

    /// Removes a key; its bytes stay until the table is made anew.
    mutating func remove(_ key: [UInt8]) {
        if let known = entry(of: key) { entries[known].value = -1 }
    }
}
