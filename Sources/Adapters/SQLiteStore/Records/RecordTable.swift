import Accounting
import GRDB

/// The tables of call detail records on a connection of their own, opened again where it broke or the file is gone.
struct RecordTable: ~Copyable {
    private let place: StorePlace
    private var connection: WritingConnection
    private var insertion: RecordInsertion?

    /// The tables of `store`; a store in memory is one connection for all.
    init(_ store: SQLiteStore) {
        place = store.place
        connection = WritingConnection(store)
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
            connection.close()
            throw StoreError("\(place)", error)
        }
    }

    private mutating func attempt(
        _ records: ArraySlice<CallDetailRecord>, isRepeated: Bool
    ) throws -> [CallDetailRecord] {
        try connection.queue().writeWithoutTransaction { database in
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
}
