import Audio
import AudioCodecs
import Foundation
import Synchronization
import VoiceApplications

/// The audio of prompts: the user's own media files, by name or by URL, and files that are fetched.
final class PromptAudio: AudioSource {
    /// Gets the bytes of a URL. Throws `RESTError` that says why there are none.
    typealias Fetch = @Sendable (String) async throws -> [UInt8]

    private struct Entry {
        var clip: AudioClip
        var expiry: ContinuousClock.Instant
        /// Of the file.
        var bytes: Int
    }

    /// How long a file that was fetched is played without asking again.
    private static let lifetime: Duration = .seconds(60)
    /// Most that is remembered, in bytes of files.
    private static let capacity = 64 << 20

    private let files: MediaFiles
    private let fetch: Fetch
    private let cache = Mutex<[String: Entry]>([:])

    init(files: MediaFiles, fetch: @escaping Fetch) {
        self.files = files
        self.fetch = fetch
    }

    func clip(_ url: String, for user: String) async throws -> AudioClip {
        if let name = Self.ownName(url, of: user) { return try ownClip(name, of: user) }
        guard RequestObject.isWebAddress(url) else {
            throw RESTError(.mediaInvalidURL, "\(url) is no http or https URL and no media file of yours")
        }
        if let known = cache.withLock({ $0[url] }), known.expiry > .now { return known.clip }
        let bytes = try await fetch(url)
        do {
            let clip = try AudioFileReader.clip(bytes)
            keep(clip, url, bytes.count)
            return clip
        } catch {
            throw RESTError(.mediaNotSupported, "\(url) cannot be played: \(error)")
        }
    }

    /// The name of a media file of the user, where the text is one or its URL on this interface.
    private static func ownName(_ text: String, of user: String) -> String? {
        guard text.contains("/") else { return text }
        guard let range = text.range(of: "/v1/users/\(user.urlSegment)/media/"), text.lowercased().hasPrefix("http")
        else { return nil }
        let name = text[range.upperBound...].prefix { $0 != "?" && $0 != "#" }
        return String(name).removingPercentEncoding
    }

    private func ownClip(_ name: String, of user: String) throws -> AudioClip {
        let found = MediaShelf(folder: files.folder).item(name, of: user)
        guard let found, let file = UserMedia.name(name, of: user) else {
            throw RESTError(.mediaNotFound, "The media \(name) was not found")
        }
        do {
            // A name without the ending of an audio file says nothing about what the file holds.
            return (try? files.exists(file)) == true
                ? try files.clip(file) : try AudioFileReader.clip([UInt8](Data(contentsOf: found.file)))
        } catch {
            throw RESTError(.mediaNotSupported, "The media \(name) cannot be played: \(error)")
        }
    }

    private func keep(_ clip: AudioClip, _ url: String, _ bytes: Int) {
        cache.withLock { cache in
            let now = ContinuousClock.now
            cache = cache.filter { $0.value.expiry > now }
            let held = cache.values.reduce(0) { $0 + $1.bytes }
            guard held + bytes <= Self.capacity else { return }
            cache[url] = Entry(clip: clip, expiry: now + Self.lifetime, bytes: bytes)
        }
    }
}
