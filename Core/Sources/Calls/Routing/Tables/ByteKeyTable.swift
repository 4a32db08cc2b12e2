/// A dictionary from byte strings to numbers that is looked up with bytes of a message, without a copy.
struct ByteKeyTable: Sendable {
    private var keys: [UInt8] = []
    private var ends: [Int] = [0]
    private var values: [Int] = []
    private var index: HashIndex

    /// Room for `capacity` keys without growing.
    init(capacity: Int = 0) { index = HashIndex(capacity: capacity) }

    /// The value of `key`; nil where there is none.
    func value(of key: some RandomAccessCollection<UInt8>) -> Int? {
        entry(of: key).map { values[$0] }
    }

    private func entry(of key: some RandomAccessCollection<UInt8>) -> Int? {
        var hash = ByteHash()
        hash.combine(key)
        return index.find(hash.value()) { entry in
            ends[entry + 1] - ends[entry] == key.count && keys[ends[entry]..<ends[entry + 1]].elementsEqual(key)
        }
    }

    /// Adds a key; where it is there already its value stays and is returned.
    mutating func insert(_ key: [UInt8], value: Int) -> Int? {
        if let entry = entry(of: key) { return values[entry] }
        keys.append(contentsOf: key)
        ends.append(keys.count)
        values.append(value)
        index.insert(values.count - 1) { [keys, ends] entry in
            var hash = ByteHash()
            hash.combine(keys[ends[entry]..<ends[entry + 1]])
            return hash.value()
        }
        return nil
    }
}
