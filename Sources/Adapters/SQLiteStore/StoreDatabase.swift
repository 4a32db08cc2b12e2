import Foundation
import GRDB

/// A place where the store can be, and the way to open a connection to it.
public enum StorePlace: Hashable, Sendable, CustomStringConvertible {
    /// A database file; its folder is made where it does not exist.
    case file(String)
    /// A database of one connection that ends with the process.
    case memory

    /// The place as the configuration writes it.
    public var description: String {
        switch self {
        case .file(let path): "sqlite:\(path)"
        case .memory: "sqlite::memory:"
        }
    }

    /// Number of the file at the place, by which another file there is known; 0 where there is none, nil for a store in
    /// memory.
    var fileNumber: UInt64? {
        guard case .file(let path) = self else { return nil }
        var status = stat()
        return stat(path, &status) == 0 ? UInt64(status.st_ino) : 0
    }

    /// Longest wait for another process that writes.
    static let patience: TimeInterval = 2

    /// Opens a connection that writes durably, and brings the schema up to date.
    func open() throws(StoreError) -> DatabaseQueue {
        do {
            let queue: DatabaseQueue
            switch self {
            case .file(let path):
                try Self.prepareFile(path)
                queue = try DatabaseQueue(path: path, configuration: Self.settings)
            case .memory:
                queue = try DatabaseQueue(configuration: Self.settings)
            }
            try queue.write(StoreSchema.update)
            return queue
        } catch let error as StoreError {
            throw StoreError("\(self)", error.reason)
        } catch {
            throw StoreError("\(self)", error)
        }
    }

    /// Opens a connection that only reads to a file that exists; nil where there is none yet.
    func openForReading() throws(StoreError) -> DatabaseQueue? {
        guard case .file(let path) = self, FileManager.default.fileExists(atPath: path) else { return nil }
        var settings = Self.settings
        settings.readonly = true
        do {
            let queue = try DatabaseQueue(path: path, configuration: settings)
            try queue.read(StoreSchema.check)
            return queue
        } catch let error as StoreError {
            throw StoreError("\(self)", error.reason)
        } catch {
            throw StoreError("\(self)", error)
        }
    }

    private static var settings: Configuration {
        var settings = Configuration()
        settings.busyMode = .timeout(patience)
        settings.foreignKeysEnabled = false
        settings.publicStatementArguments = false
        settings.label = "store"
        settings.prepareDatabase { database in
            guard !database.configuration.readonly else { return }
            try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        }
        return settings
    }

    /// Makes folder and file so that only the user of the process can read the secrets in them.
    private static func prepareFile(_ path: String) throws {
        let files = FileManager.default
        if files.fileExists(atPath: path) { return }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let descriptor = Foundation.open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StoreError(path, String(cString: strerror(errno))) }
        close(descriptor)
    }
}
