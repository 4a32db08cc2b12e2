import Timeline

/// Names one call of a listing and its place in the order: what is gathered of every call before rows are made.
public struct CallKey: Sendable, BitwiseCopyable {
    /// Where the call lies; generation 0 for a caller that has been asked for credentials, with its place among them.
    let handle: SlotHandle
    /// Number of the call.
    public let id: UInt64
    /// What the order compares, ascending.
    let rank: Int64

    init(_ handle: SlotHandle, id: UInt64, rank: Int64) {
        self.handle = handle
        self.id = id
        self.rank = rank
    }

    /// The keys in their order, each call once.
    ///
    /// Two keys of one call are gathered when a caller gives its credentials in between: they have the same rank.
    public static func sorted(_ keys: [CallKey]) -> [CallKey] {
        var sorted = keys.sorted { $0.rank == $1.rank ? $0.id < $1.id : $0.rank < $1.rank }
        var kept = 0
        for position in sorted.indices where kept == 0 || sorted[kept - 1].id != sorted[position].id {
            sorted[kept] = sorted[position]
            kept += 1
        }
        sorted.removeLast(sorted.count - kept)
        return sorted
    }
}

/// A listing under way: what it is about, and the moment that it shows. Calls that come later are no part of it.
public struct CallListingFrame: Equatable, Sendable {
    public let selection: CallSelection
    public let order: CallOrder
    /// The moment that times are told for, so that rows made one after the other agree.
    public let instant: Instant
    /// The newest call of the listing.
    let lastNumber: UInt64
}

/// Some of the keys of a listing.
public struct CallKeyPage: Sendable {
    /// In no order.
    public var keys: [CallKey] = []
    /// Where the next page begins; nil after the last one.
    public var next: UInt32?
}
