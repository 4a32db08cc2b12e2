import Audio
import VoiceApplications

/// The audio of a user's own media files.
struct LocalAudio: AudioSource {
    let files: MediaFiles

    func clip(_ url: String, for user: String) async throws -> AudioClip {
        let name = url.split(separator: "/").last.map(String.init) ?? ""
        let file = UserMedia.name(name.removingPercentEncoding ?? name, of: user)
        guard (try? files.exists(file)) == true else { throw RESTError(.mediaNotFound, "The media \(name) was not found") }
        return try files.clip(file)
    }
}
