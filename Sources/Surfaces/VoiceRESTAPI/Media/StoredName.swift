/// Names of users' files as names of files in one folder: whatever is in a name, the file stays there.
enum StoredName {
    /// Longest name of a file that every system takes, in bytes.
    private static let maximumLength = 200

    /// Letters, digits, `_`, `-` and single dots inside stay; every other byte becomes `:` and two digits, which is no
    /// name of a hidden file, of a folder above, or of a path. Nil for a name that is empty or too long.
    static func write(_ name: String) -> String? {
        guard !name.isEmpty else { return nil }
        var stored: [UInt8] = []
        for byte in name.utf8 {
            let isPlain = (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            let isDot = byte == UInt8(ascii: ".") && !stored.isEmpty && stored.last != UInt8(ascii: ".")
            if isPlain || isDot || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") {
                stored.append(byte)
            } else {
                stored += [UInt8(ascii: ":"), digit(byte >> 4), digit(byte & 15)]
            }
        }
        return stored.count <= maximumLength ? String(decoding: stored, as: UTF8.self) : nil
    }

    /// The name that was written so; nil for what was not.
    static func name(of stored: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(stored.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: ":") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let name = String(validating: bytes, as: UTF8.self), write(name) == stored else { return nil }
        return name
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 55 + value }
}
