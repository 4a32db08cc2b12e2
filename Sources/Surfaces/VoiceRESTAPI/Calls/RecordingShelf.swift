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
        guard let isThere = try? files.exists(workingName(of: recording)) else { return false }
        return isThere
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
