import AudioCodecs
import Foundation
import VoiceApplications

/// Where recordings are kept, and how they are found again.
struct RecordingShelf: Sendable {
    /// Makes an MP3 file of a WAVE file.
    typealias Compressor = @Sendable ([UInt8]) throws -> [UInt8]

    let files: MediaFiles
    /// Takes note of a recording and of every change of it.
    let note: @Sendable (RecordingRecord) -> Void
    private let compress: Compressor
    /// Compressing an hour takes seconds of work: no call and no request waits for it.
    private let queue = DispatchQueue(label: "martlet.voice.recordings", qos: .utility)

    init(
        files: MediaFiles, compress: @escaping Compressor = { try MP3Writer.convert($0) },
        note: @escaping @Sendable (RecordingRecord) -> Void
    ) {
        self.files = files
        self.compress = compress
        self.note = note
    }

    /// Name of the file that the recorder writes: it is no media file of the user until it is complete.
    func workingName(of recording: RecordingRecord) -> String {
        UserMedia.name(recording.media.replacing(".mp3", with: ".wav"), of: recording.user, in: "recordings")
            ?? recording.media
    }

    /// When something was last written of a recording, in milliseconds since 1970; nil where there is no file.
    func lastWritten(_ recording: RecordingRecord) -> Int64? {
        let file = try? files.url(of: workingName(of: recording))
        let values = try? file?.resourceValues(forKeys: [.contentModificationDateKey])
        return values?.contentModificationDate.map { Int64($0.timeIntervalSince1970 * 1000) }
    }

    /// Makes the file that is downloaded out of the one that was written; false where that cannot be done.
    func finish(_ recording: RecordingRecord) async -> Bool {
        let working = workingName(of: recording)
        guard let name = UserMedia.name(recording.media, of: recording.user) else { return false }
        guard recording.media.hasSuffix(".mp3") else { return (try? files.rename(working, to: name)) == true }
        return await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: compressed(working, into: name)) }
        }
    }

    private func compressed(_ working: String, into name: String) -> Bool {
        guard (try? files.exists(working)) == true, let source = try? files.url(of: working),
            let target = try? files.url(of: name), let wave = try? Data(contentsOf: source),
            let bytes = try? compress([UInt8](wave)), (try? files.makeFolder(of: target)) != nil,
            (try? Data(bytes).write(to: target, options: .atomic)) != nil
        else { return false }
        _ = try? files.delete(working)
        return true
    }
}

/// The names of a user's media files below the folder of all media, as `MediaShelf` has them.
enum UserMedia {
    /// The name of a file of a user; nil where the name cannot be one.
    static func name(_ media: String, of user: String, in kind: String = "media") -> String? {
        guard let folder = StoredName.write(user), let file = StoredName.write(media) else { return nil }
        return "users/\(folder)/\(kind)/\(file)"
    }
}
