/// Byte strings with numbers in 256 tables, of which a change copies one where the whole is shared.
struct SharedKeyTable: Sendable {
    private var parts: [ByteKeyTable] = Array(repeating: ByteKeyTable(), count: 256)

    private static func part(of key: [UInt8]) -> Int {
        var hash = ByteHash()
        for byte in key { hash.combine(byte) }
        return Int(truncatingIfNeeded: hash.value(salt: 1) >> 56)
    }

    /// The value of `key`; nil where there is none.
    func value(of key: [UInt8]) -> Int? { parts[Self.part(of: key)].value(of: key) }

    /// Adds a key; where it is there already its value stays and is returned.
    mutating func insert(_ key: [UInt8], value: Int) -> Int? { parts[Self.part(of: key)].insert(key, value: value) }

    /// Removes a key.
    mutating func remove(_ key: [UInt8]) { parts[Self.part(of: key)].remove(key) }
}
