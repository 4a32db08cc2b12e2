import Audio
import Foundation
import Synchronization

/// The audio of files that were played lately, held once however many calls play it. A file that has changed is read
/// anew; what was not played for the longest time goes first.
final class ClipCache: Sendable {
    /// What a file was when it was read.
    struct Version: Equatable, Sendable {
        private let device: UInt64
        private let inode: UInt64
        private let size: Int64
        private let seconds: Int
        private let nanoseconds: Int

        /// nil where there is no file.
        init?(of path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
            size = Int64(status.st_size)
            seconds = status.st_mtim.tv_sec
            nanoseconds = status.st_mtim.tv_nsec
        }

        /// Whether the file was last written so long ago that another write would show in its time.
        var isSettled: Bool { seconds < time(nil) - 1 }
    }

    private struct Entry {
        var clip: AudioClip
        var version: Version
        var lastUse: UInt64
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var bytes = 0
        var uses: UInt64 = 0
    }

    private let capacity: Int
    private let state = Mutex(State())

    /// Holds at most `capacity` bytes of audio.
    init(capacity: Int = 128 << 20) { self.capacity = capacity }

    /// Bytes of audio that are held.
    var bytes: Int { state.withLock { $0.bytes } }

    /// The audio of the file at `path` as it is in this version; nil where it is not held.
    func clip(_ path: String, _ version: Version) -> AudioClip? {
        state.withLock { state in
            guard state.entries[path]?.version == version else { return nil }
            state.uses += 1
            state.entries[path]?.lastUse = state.uses
            return state.entries[path]?.clip
        }
    }

    /// Holds what was read of a file; gives what another call has read of it meanwhile.
    func keep(_ clip: AudioClip, _ path: String, _ version: Version) -> AudioClip {
        if let known = self.clip(path, version) { return known }
        guard version.isSettled, clip.byteCount <= capacity / 4 else { return clip }
        state.withLock { state in
            state.uses += 1
            if let old = state.entries.removeValue(forKey: path) { state.bytes -= old.clip.byteCount }
            state.entries[path] = Entry(clip: clip, version: version, lastUse: state.uses)
            state.bytes += clip.byteCount
            while state.bytes > capacity, let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
                state.entries[oldest.key] = nil
                state.bytes -= oldest.value.clip.byteCount
            }
        }
        return clip
    }
}

extension AudioClip {
    /// Bytes of memory that the audio takes.
    fileprivate var byteCount: Int {
        switch storage {
        case .encoded(_, let codes): codes.count
        case .linear(let samples): 2 * samples.count
        }
    }
}
