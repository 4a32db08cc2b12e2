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
    struct Entry: Sendable, BitwiseCopyable {
        var id: HeaderName
        var nameCount: UInt8
        var nameOffset: UInt16
        var value: ShortRange
    }

    var entries: [Entry] = []
    /// Bit `HeaderName.rawValue` is set where the name occurs.
    var present: UInt64 = 0

    public var startIndex: Int { 0 }
    public var endIndex: Int { entries.count }

    public subscript(position: Int) -> HeaderField {
        let entry = entries[position]
        let name = ByteRange(offset: UInt32(entry.nameOffset), count: UInt32(entry.nameCount))
        return HeaderField(id: entry.id, name: name, value: entry.value.range)
    }

    /// Whether at least one field has this name.
    public func contains(_ name: HeaderName) -> Bool { present & (1 << UInt64(name.rawValue)) != 0 }

    /// The value of the first field of this name.
    public func first(_ name: HeaderName) -> ByteRange? {
        guard contains(name) else { return nil }
        return entries.first { $0.id == name }?.value.range
    }

    /// How many fields have this name.
    public func count(of name: HeaderName) -> Int {
        guard contains(name) else { return 0 }
        return entries.reduce(0) { $1.id == name ? $0 &+ 1 : $0 }
    }

    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        present = 0
    }

    mutating func append(_ entry: Entry) {
        entries.append(entry)
        present |= 1 << UInt64(entry.id.rawValue)
    }
}
