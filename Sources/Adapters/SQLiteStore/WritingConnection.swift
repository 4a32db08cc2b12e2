import GRDB

/// A connection of its own that writes, opened when it is first needed, and again where it broke or the file at its place
/// is another one.
struct WritingConnection: ~Copyable {
    private let store: SQLiteStore
    private var opened: (queue: DatabaseQueue, file: UInt64?)?

    /// A connection to `store`; a store in memory is one connection for all.
    init(_ store: SQLiteStore) { self.store = store }

    /// The connection. Throws where it cannot be opened, and until it is closed where the file was removed or replaced: what
    /// was prepared on it is of no use any more.
    mutating func queue() throws(StoreError) -> DatabaseQueue {
        if let opened {
            if opened.file == store.place.fileNumber { return opened.queue }
            throw StoreError("\(store.place)", "the file was removed or replaced; it is opened again")
        }
        let queue = store.place == .memory ? store.queue : try store.place.open()
        opened = (queue, store.place.fileNumber)
        return queue
    }

    /// Lets the next use open it again; to be called when what was prepared on it is gone.
    mutating func close() { opened = nil }
}
