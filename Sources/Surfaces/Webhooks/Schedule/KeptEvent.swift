import SQLiteStore

/// An event in memory, of which there is one copy however often it is handed on.
final class KeptEvent: Sendable {
    let event: StoredEvent

    init(_ event: StoredEvent) { self.event = event }
}

extension StoredEvent {
    /// About how many bytes it takes in memory.
    var footprint: Int { body.count + (query?.count ?? 0) + 512 }
}
