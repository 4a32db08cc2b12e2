import Accounting
import Foundation
import GRDB

/// The tables of call detail records on a connection of their own, opened again where it broke or the file is gone.
struct RecordTable: ~Copyable {
    private let store: SQLiteStore
    private var queue: DatabaseQueue?
    private var insertion: RecordInsertion?
    private var inode: UInt64?

    /// The tables of `store`; a store in memory is one connection for all.
    init(_ store: SQLiteStore) {
        self.store = store
    }

    /// Writes records in one durable transaction; gives those whose id another call has. Of records that may have been
    /// written before, an id that is there is taken for their own.
    mutating func write(
        _ records: ArraySlice<CallDetailRecord>, isRepeated: Bool
    ) throws(StoreError) -> [CallDetailRecord] {
        do {
            return try attempt(records, isRepeated: isRepeated)
        } catch {
            insertion = nil
            queue = nil
            throw StoreError("\(store.place)", error)
        }
    }

    private mutating func attempt(
        _ records: ArraySlice<CallDetailRecord>, isRepeated: Bool
    ) throws -> [CallDetailRecord] {
        if let inode, queue != nil, inode != currentInode {
            self.inode = nil
            throw StoreError("\(store.place)", "the file was removed or replaced; it is opened again")
        }
        let queue = try openQueue()
        return try queue.writeWithoutTransaction { database in
            // Whatever goes wrong, not even the connection's next user finds a transaction open.
            defer { if database.isInsideTransaction { try? database.rollback() } }
            var insertion = try insertion.take() ?? RecordInsertion(on: database)
            var conflicts: [CallDetailRecord] = []
            try insertion.begin()
            for record in records {
                let isNew = try insertion.insert(record)
                if !isNew, !isRepeated { conflicts.append(record) }
            }
            try insertion.commit()
            self.insertion = consume insertion
            return conflicts
        }
    }

    private mutating func openQueue() throws -> DatabaseQueue {
        if let queue { return queue }
        let queue = store.place == .memory ? store.queue : try store.place.open()
        inode = currentInode
        self.queue = queue
        return queue
    }

    /// Number of the file behind the path; nil where there is none, and for a store in memory.
    private var currentInode: UInt64? {
        guard case .file(let path) = store.place else { return nil }
        var status = stat()
        return stat(path, &status) == 0 ? UInt64(status.st_ino) : 0
    }
}
