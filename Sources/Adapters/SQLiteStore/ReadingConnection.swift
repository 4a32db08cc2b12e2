import GRDB
import Synchronization

/// A connection of its own that only reads, opened when it is first needed and again where the file at its
/// place is another one, so that no writer waits for a reader.
final class ReadingConnection: Sendable {
    private let store: SQLiteStore
    private let opened = Mutex<(queue: DatabaseQueue, file: UInt64?)?>(nil)

    /// A connection to `store`; a store in memory is one connection for all.
    init(_ store: SQLiteStore) { self.store = store }

    /// Gives what `read` finds.
    func read<Found>(_ read: (Database) throws -> Found) throws(StoreError) -> Found {
        do {
            return try queue().read(read)
        } catch {
            throw StoreError("\(store.place)", error)
        }
    }

    private func queue() throws(StoreError) -> DatabaseQueue {
        if store.place == .memory { return store.queue }
        do {
            return try opened.withLock { opened in
                let file = store.place.fileNumber
                if let opened, opened.file == file { return opened.queue }
                guard let queue = try store.place.openForReading() else {
                    throw StoreError("\(store.place)", "the file is gone")
                }
                opened = (queue, file)
                return queue
            }
        } catch {
            throw StoreError("\(store.place)", error)
        }
    }
}
