import Audio
import Crypto
import Foundation

/// What was said before, as WAV files in one folder; what was not said for the longest time makes room for what is new.
struct SpeechCache: Sendable {
    let folder: URL
    /// Most bytes of all files together.
    let capacity: Int

    /// The name of a text's file: a hash of all that decides how it sounds.
    static func key(_ text: String, _ voice: SpeechVoice, engine: String) -> String {
        let parts = [engine, voice.locale.rawValue, voice.variant, text]
        let digest = SHA256.hash(data: Data(parts.joined(separator: "\u{1F}").utf8))
        return digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// What was said; nil where it is not there, or is not whole.
    func clip(_ key: String) -> AudioClip? {
        let place = place(key)
        guard let data = try? Data(contentsOf: place), let clip = try? AudioClip(parsing: [UInt8](data)) else {
            return nil
        }
        try? FileManager.default.setAttributes(
            [.modificationDate: Date()], ofItemAtPath: place.path(percentEncoded: false))
        return clip
    }

    /// Keeps what was said, and makes room. Goes on without where the folder cannot be written.
    func keep(_ clip: AudioClip, _ key: String) {
        let file = WAVEWriter.file(clip.samples, format: .linear)
        guard file.count <= capacity, (try? Data(file).write(to: place(key), options: .atomic)) != nil else { return }
        makeRoom()
    }

    /// A file that nobody else writes, for the engine.
    func temporaryFile() throws -> URL {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder.appending(path: "\(UUID().uuidString).part")
    }

    private func place(_ key: String) -> URL { folder.appending(path: "\(key).wav") }

    private func makeRoom() {
        let keys: Set<URLResourceKey> = [.fileSizeKey, .contentModificationDateKey]
        let found = try? FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: Array(keys), options: [])
        var files = (found ?? []).compactMap { place -> (place: URL, size: Int, used: Date)? in
            guard place.pathExtension == "wav", let values = try? place.resourceValues(forKeys: keys) else {
                return nil
            }
            return (place, values.fileSize ?? 0, values.contentModificationDate ?? .distantPast)
        }
        var total = files.reduce(0) { $0 + $1.size }
        files.sort { $0.used < $1.used }
        for file in files where total > capacity {
            try? FileManager.default.removeItem(at: file.place)
            total -= file.size
        }
    }
}
