import GRDB
import Synchronization

/// A connection of its own that only reads, opened when it is first needed and again where the file at its
/// place is another one, so that no writer waits for a reader.
final class ReadingConnection: Sendable {
    private let place: StorePlace
    /// The connection of a store in memory, which is one for all.
    private let shared: DatabaseQueue?
    private let opened = Mutex<(queue: DatabaseQueue, file: UInt64?)?>(nil)

    /// A connection to `store`; a store in memory is one connection for all.
    init(_ store: SQLiteStore) {
        place = store.place
        shared = store.place == .memory ? store.queue : nil
    }

    /// A connection to a store that some process has made at `place`, which is a file.
    init(at place: StorePlace) {
        self.place = place
        shared = nil
    }

    /// Gives what `read` finds.
    func read<Found>(_ read: (Database) throws -> Found) throws(StoreError) -> Found {
        do {
            return try queue().read(read)
        } catch {
            throw StoreError("\(place)", error)
        }
    }

    private func queue() throws(StoreError) -> DatabaseQueue {
        if let shared { return shared }
        do {
            return try opened.withLock { opened in
                let file = place.fileNumber
                if let opened, opened.file == file { return opened.queue }
                guard let queue = try place.openForReading() else {
                    throw StoreError("\(place)", "there is no such file")
                }
                opened = (queue, file)
                return queue
            }
        } catch {
            throw StoreError("\(place)", error)
        }
    }
}
