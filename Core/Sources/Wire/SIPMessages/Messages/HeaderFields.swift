/// One header field as it stands in a message.
public struct HeaderField: Equatable, Sendable, BitwiseCopyable {
    /// The field that the name means, long or compact, in any case.
    public var id: HeaderName
    /// The name as received.
    public var name: ByteRange
    /// The value without blanks around it; folds are still inside.
    public var value: ByteRange
}

/// The header fields of a message in the order received, with repetitions. 8 bytes for each field.
public struct HeaderFields: Sendable, RandomAccessCollection {
    /// A field in one number, lowest bits first: id (8), length of the name (8), position of the name (16), position of
    /// the value (16), length of the value (16).
    struct Entry: Sendable, BitwiseCopyable {
        private let bits: UInt64

        /// The positions lie in a message of at most 65,535 bytes; the name is at most 255 bytes long.
        @inline(__always)
        init(_ id: HeaderName, name start: Int, _ nameEnd: Int, value valueStart: Int, _ valueEnd: Int) {
            let name =
                UInt64(id.rawValue) | UInt64(UInt8(truncatingIfNeeded: nameEnd &- start)) << 8
                | UInt64(UInt16(truncatingIfNeeded: start)) << 16
            let value =
                UInt64(UInt16(truncatingIfNeeded: valueStart)) << 32
                | UInt64(UInt16(truncatingIfNeeded: valueEnd &- valueStart)) << 48
            bits = name | value
        }

        /// Whether the field means `name`: cheaper than asking for its id.
        @inline(__always)
        func isNamed(_ name: HeaderName) -> Bool { UInt8(truncatingIfNeeded: bits) == name.rawValue }

        var id: HeaderName { HeaderName(rawValue: UInt8(truncatingIfNeeded: bits)) ?? .other }
        var nameCount: Int { Int(truncatingIfNeeded: (bits >> 8) & 0xFF) }
        var nameOffset: Int { Int(truncatingIfNeeded: (bits >> 16) & 0xFFFF) }
        var value: ShortRange {
            ShortRange(
                offset: UInt16(truncatingIfNeeded: bits >> 32), count: UInt16(truncatingIfNeeded: bits >> 48))
        }
    }

    var entries: [Entry] = []
    /// Bit `HeaderName.rawValue` is set where the name occurs.
    var present: UInt64 = 0

    public var startIndex: Int { 0 }
    public var endIndex: Int { entries.count }

    public subscript(position: Int) -> HeaderField {
        let entry = entries[position]
        let name = ByteRange(from: entry.nameOffset, to: entry.nameOffset &+ entry.nameCount)
        return HeaderField(id: entry.id, name: name, value: entry.value.range)
    }

    /// Whether at least one field has this name.
    public func contains(_ name: HeaderName) -> Bool { present & (1 << UInt64(name.rawValue)) != 0 }

    /// The value of the first field of this name.
    public func first(_ name: HeaderName) -> ByteRange? { firstEntry(name)?.value.range }

    /// The first field of this name.
    func firstEntry(_ name: HeaderName) -> Entry? {
        guard contains(name) else { return nil }
        return entries.first { $0.isNamed(name) }
    }

    /// How many fields have this name.
    public func count(of name: HeaderName) -> Int {
        guard contains(name) else { return 0 }
        return entries.reduce(0) { $1.isNamed(name) ? $0 &+ 1 : $0 }
    }

    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        present = 0
    }
}
