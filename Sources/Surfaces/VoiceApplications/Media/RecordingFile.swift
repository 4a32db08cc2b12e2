import Foundation
import MediaSessions
import Synchronization

/// A file that a recorder writes, piece by piece, away from the threads that carry calls. Cut off at any moment it is a
/// file that can be played: the recorder keeps its header true.
final class RecordingFile: Sendable {
    private let handle: FileHandle
    private let function: MediaFunction
    private let queue = DispatchQueue(label: "martlet.recording")
    private let hasFailed = Mutex(false)

    /// Makes the file, in place of one of the same name. Throws what the system says.
    init(_ url: URL, for function: MediaFunction, in files: MediaFiles) throws {
        try files.makeFolder(of: url)
        guard FileManager.default.createFile(atPath: url.path(percentEncoded: false), contents: nil) else {
            throw CallError(.error, "cannot write \(url.lastPathComponent)")
        }
        handle = try FileHandle(forWritingTo: url)
        self.function = function
    }

    /// Writes in the order of the calls; the first write that fails is reported, and the rest is left.
    func write(_ bytes: [UInt8], at offset: Int, failed: @escaping @Sendable (MediaFunction) -> Void) {
        queue.async { [self] in
            guard !hasFailed.withLock({ $0 }) else { return }
            do {
                try handle.seek(toOffset: UInt64(offset))
                try handle.write(contentsOf: bytes)
            } catch {
                hasFailed.withLock { $0 = true }
                failed(function)
            }
        }
    }

    /// Closes it after what was written.
    func close() { queue.async { [self] in try? handle.close() } }

    /// Waits until everything is written.
    func settled() async {
        await withCheckedContinuation { continuation in queue.async { continuation.resume() } }
    }
}
