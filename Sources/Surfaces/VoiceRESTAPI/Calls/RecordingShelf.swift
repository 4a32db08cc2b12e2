import AudioCodecs
import Foundation
import VoiceApplications

/// Where recordings are kept, and how they are found again.
struct RecordingShelf: Sendable {
    let files: MediaFiles
    /// Takes note of a recording and of every change of it.
    let note: @Sendable (RecordingRecord) -> Void

    /// Name of the file that the recorder writes.
    func workingName(of recording: RecordingRecord) -> String {
        UserMedia.name(recording.media.replacing(".mp3", with: ".wav"), of: recording.user) ?? recording.media
    }

    /// Makes the file that is downloaded out of the one that was written; false where that cannot be done.
    func finish(_ recording: RecordingRecord) -> Bool {
        let working = workingName(of: recording)
        guard (try? files.exists(working)) == true else { return false }
        guard recording.media.hasSuffix(".mp3") else { return true }
        guard let name = UserMedia.name(recording.media, of: recording.user), let target = try? files.url(of: name),
            let source = try? files.url(of: working), let wave = try? Data(contentsOf: source),
            let compressed = try? MP3Writer.convert([UInt8](wave)),
            (try? Data(compressed).write(to: target, options: .atomic)) != nil
        else { return false }
        _ = try? files.delete(working)
        return true
    }
}

/// The names of a user's media files below the folder of all media, as `MediaShelf` has them.
enum UserMedia {
    /// The name of a file of a user; nil where the name cannot be one.
    static func name(_ media: String, of user: String) -> String? {
        guard let folder = StoredName.write(user), let file = StoredName.write(media) else { return nil }
        return "users/\(folder)/media/\(file)"
    }
}
