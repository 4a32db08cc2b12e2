import Foundation
import Logging
import Synchronization

/// The file with one line for each run of an application; rolled over by size, the oldest files are removed.
///
/// Lines are written away from the threads that carry calls. Where the disk is full or the folder gone, the line goes to
/// the log instead, no call notices, and the file goes on as soon as it can be written again.
final class ApplicationRecordLog: Sendable {
    private struct Shared {
        var handle: FileHandle?
        var size = 0
        var waiting = 0
    }

    /// Most lines that wait to be written; those beyond go to the log.
    private static let capacity = 10_000

    private let path: String
    private let maximumBytes: Int
    private let maximumFiles: Int
    private let logger: Logger
    private let queue = DispatchQueue(label: "martlet.application-records")
    private let shared = Mutex(Shared())

    /// A file at `path` that is renamed to `path.1` and so on before it grows beyond `maximumBytes`; `maximumFiles` counts
    /// it, too. It is opened with the first line.
    init(path: String, maximumBytes: Int, maximumFiles: Int, logger: Logger) {
        self.path = path
        self.maximumBytes = maximumBytes
        self.maximumFiles = maximumFiles
        self.logger = logger
    }

    /// Adds a line; never waits for the disk.
    func append(_ line: String) {
        let isTaken = shared.withLock { shared in
            guard shared.waiting < Self.capacity else { return false }
            shared.waiting += 1
            return true
        }
        guard isTaken else { return lose(line, "too many lines wait") }
        queue.async { [self] in
            let problem = shared.withLock { shared -> String? in
                shared.waiting -= 1
                return write(line, &shared)
            }
            if let problem { lose(line, problem) }
        }
    }

    /// Returns when everything has been written.
    func flush() async {
        await withCheckedContinuation { continuation in queue.async { continuation.resume() } }
    }

    private func lose(_ line: String, _ reason: String) {
        logger.error(
            "an application record could not be written",
            metadata: ["file": "\(path)", "reason": "\(reason)", "record": "\(line)"])
    }

    /// Writes the line, whole or not at all; why not.
    private func write(_ line: String, _ shared: inout Shared) -> String? {
        let data = Data((line + "\n").utf8)
        do {
            if let handle = shared.handle, shared.size > 0, shared.size + data.count > maximumBytes {
                try? handle.close()
                shared.handle = nil
                roll()
            }
            if shared.handle == nil { (shared.handle, shared.size) = try open(before: data.count) }
            try shared.handle?.write(contentsOf: data)
            shared.size += data.count
            return nil
        } catch {
            try? shared.handle?.truncate(atOffset: UInt64(shared.size))
            try? shared.handle?.close()
            shared.handle = nil
            return error.localizedDescription
        }
    }

    /// Opens the file at its end, and rolls it over where it has no room for so many bytes.
    private func open(before count: Int) throws -> (FileHandle, Int) {
        let manager = FileManager.default
        let folder = URL(filePath: path).deletingLastPathComponent()
        try manager.createDirectory(at: folder, withIntermediateDirectories: true)
        if let size = size, size > 0, size + count > maximumBytes { roll() }
        if size == nil { _ = manager.createFile(atPath: path, contents: nil) }
        let handle = try FileHandle(forWritingTo: URL(filePath: path))
        return (handle, Int(try handle.seekToEnd()))
    }

    private var size: Int? {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int
    }

    private func roll() {
        let manager = FileManager.default
        guard maximumFiles > 1 else {
            try? manager.removeItem(atPath: path)
            return
        }
        try? manager.removeItem(atPath: "\(path).\(maximumFiles - 1)")
        for number in stride(from: maximumFiles - 2, through: 1, by: -1) {
            try? manager.moveItem(atPath: "\(path).\(number)", toPath: "\(path).\(number + 1)")
        }
        try? manager.moveItem(atPath: path, toPath: "\(path).1")
    }
}
