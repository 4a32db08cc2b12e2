import Foundation
import MediaSessions
import Synchronization

/// A file that a recorder writes, piece by piece, away from the threads that carry calls. Cut off at any moment it is a
/// file that can be played: the recorder keeps its header true. It takes the place of one of the same name with the first
/// piece, so that a recording that is refused harms none.
final class RecordingFile: Sendable {
    private struct Shared {
        var handle: FileHandle?
        var hasFailed = false
    }

    private let url: URL
    private let function: MediaFunction
    /// One for all: a queue for each file would take a thread for each that waits for the disk.
    private static let queue = DispatchQueue(label: "martlet.recording")
    private let isAtOnce: Bool
    private let shared = Mutex(Shared())

    /// Makes the folder of the file. Throws what the system says, or `CallError` where a link leads out of the folder.
    init(_ url: URL, for function: MediaFunction, in files: MediaFiles) throws {
        guard files.canHold(url) else { throw CallError(.error, "\(url.lastPathComponent) cannot be written") }
        try files.makeFolder(of: url)
        self.url = url
        self.function = function
        isAtOnce = files.writesAtOnce
    }

    /// Writes in the order of the calls; the first write that fails is reported, and the rest is left.
    func write(_ bytes: [UInt8], at offset: Int, failed: @escaping @Sendable (MediaFunction) -> Void) {
        perform { [self] in
            let hasFailedNow = shared.withLock { shared in
                guard !shared.hasFailed else { return false }
                shared.hasFailed = !write(bytes, at: offset, &shared)
                return shared.hasFailed
            }
            if hasFailedNow { failed(function) }
        }
    }

    private func perform(_ work: @escaping @Sendable () -> Void) { isAtOnce ? work() : Self.queue.async(execute: work) }

    private func write(_ bytes: [UInt8], at offset: Int, _ shared: inout Shared) -> Bool {
        do {
            if shared.handle == nil {
                FileManager.default.createFile(atPath: url.path(percentEncoded: false), contents: nil)
                shared.handle = try FileHandle(forWritingTo: url)
            }
            try shared.handle?.seek(toOffset: UInt64(offset))
            try shared.handle?.write(contentsOf: bytes)
            return true
        } catch {
            return false
        }
    }

    /// Closes it after what was written.
    func close() { perform { [self] in try? shared.withLock { $0.handle }?.close() } }

    /// Waits until everything is written.
    func settled() async {
        if isAtOnce { return }
        await withCheckedContinuation { continuation in Self.queue.async { continuation.resume() } }
    }
}
