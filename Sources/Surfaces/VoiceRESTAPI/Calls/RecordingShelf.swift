import Foundation
import VoiceApplications

/// Where recordings are kept, and how they are found again.
struct RecordingShelf: Sendable {
    let files: MediaFiles
    /// Takes note of a recording and of every change of it.
    let note: @Sendable (RecordingRecord) -> Void

    /// Name of the file that the recorder writes.
    func workingName(of recording: RecordingRecord) -> String {
        UserMedia.name(recording.media.replacing(".mp3", with: ".wav"), of: recording.user)
    }

    /// Makes the file that is downloaded out of the one that was written; false where that cannot be done.
    func finish(_ recording: RecordingRecord) -> Bool {
        guard let isThere = try? files.exists(workingName(of: recording)) else { return false }
        return isThere
    }
}

/// The names of a user's media files below the folder of all media.
enum UserMedia {
    /// The name of a file of a user: in a folder of his own, which no other user's id can name.
    static func name(_ media: String, of user: String) -> String { "users/\(folder(of: user))/\(media)" }

    /// The folder's name: letters, digits and dashes stand for themselves, every other byte for `_` and two digits.
    static func folder(of user: String) -> String {
        user.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            let isPlain = byte < 0x80 && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            return isPlain || byte == UInt8(ascii: "-")
                ? String(Character(scalar)) : "_" + String(UInt16(byte) + 0x100, radix: 16).dropFirst()
        }.joined()
    }
}
