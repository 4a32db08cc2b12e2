import GRDB
import Routing

/// The store of one node in SQLite: provisioning and call detail records.
public struct SQLiteStore: Sendable {
    /// Where it is.
    public let place: StorePlace
    let queue: DatabaseQueue

    /// Opens the store, making file and tables where they do not exist.
    public init(_ place: StorePlace) throws(StoreError) {
        self.place = place
        queue = try place.open()
    }

    /// Everything provisioned, each list in the order of its ids.
    public func load() throws(StoreError) -> Provisioning {
        do {
            return try queue.read(Provisioning.init(reading:))
        } catch {
            throw StoreError("\(place)", error)
        }
    }

    /// Everything provisioned in a store that is not opened for writing nor made; empty where there is none yet.
    public static func peek(at place: StorePlace) throws(StoreError) -> Provisioning {
        guard let queue = try place.openForReading() else { return Provisioning() }
        do {
            return try queue.read(Provisioning.init(reading:))
        } catch {
            throw StoreError("\(place)", error)
        }
    }

    /// Replaces everything provisioned by what `change` makes of it, in one transaction. An error that `change` throws
    /// is thrown on, and the store is as before.
    public func update<Failure: Error>(
        _ change: (Provisioning) throws(Failure) -> Provisioning
    ) throws -> (before: Provisioning, after: Provisioning) {
        var failure: Failure?
        do {
            return try queue.write { database in
                let before = try Provisioning(reading: database)
                let target: Provisioning
                do throws(Failure) {
                    target = try change(before)
                } catch {
                    failure = error
                    throw error
                }
                var after = target.sorted
                try after.identify(in: database)
                if after != before {
                    try after.write(over: before, to: database)
                    try Self.countChange(database)
                }
                return (before, after)
            }
        } catch {
            if let failure { throw failure }
            throw StoreError("\(place)", error)
        }
    }
}
