import Audio
import Foundation

/// Turns text into audio: a few texts at a time, each in a process of its own, and none twice as long as it is in the
/// cache, which is in `.cache/speech` of the media folder.
public final class Speech: Sendable {
    /// Longest text, in characters.
    public static let maximumLength = 4_000
    /// Programs that run at the same time.
    private static let programs = 4
    /// Most bytes in the cache: four and a half hours.
    private static let cacheCapacity = 256 << 20

    private let engine: SpeechEngine
    private let cache: SpeechCache
    /// What says texts instead of the engine, at once.
    private let spoken: (@Sendable (String, SpeechVoice) -> AudioClip)?
    private let turns = SpeechTurns(programs)

    convenience init(folder: URL, spoken: (@Sendable (String, SpeechVoice) -> AudioClip)? = nil) {
        let place = folder.appending(path: ".cache/speech", directoryHint: .isDirectory)
        self.init(SpeechEngine(), SpeechCache(folder: place, capacity: Self.cacheCapacity), spoken: spoken)
    }

    init(
        _ engine: SpeechEngine, _ cache: SpeechCache, spoken: (@Sendable (String, SpeechVoice) -> AudioClip)? = nil
    ) {
        self.engine = engine
        self.cache = cache
        self.spoken = spoken
    }

    /// What a text sounds like. Throws `CallError` where the text is empty or too long, or the engine is missing or
    /// fails; a task that is cancelled ends the engine's work and gets `CancellationError`.
    public func clip(_ text: String, _ voice: SpeechVoice = .standard) async throws -> AudioClip {
        let plain = Self.plain(text)
        guard plain.contains(where: { !$0.isWhitespace }) else {
            throw CallError(.error, "say was given nothing to say")
        }
        guard plain.count <= Self.maximumLength else {
            throw CallError(.error, "say takes at most \(Self.maximumLength) characters, not \(plain.count)")
        }
        if let spoken { return spoken(plain, voice) }
        let key = SpeechCache.key(plain, voice, engine: SpeechEngine.name)
        if let clip = cache.clip(key) { return clip }
        try await turns.enter()
        do {
            let clip = try await make(plain, voice, key)
            await turns.leave()
            return clip
        } catch {
            await turns.leave()
            throw error
        }
    }

    private func make(_ text: String, _ voice: SpeechVoice, _ key: String) async throws -> AudioClip {
        // Another call may have said the same while this one waited.
        if let clip = cache.clip(key) { return clip }
        let place = try cache.temporaryFile()
        defer { try? FileManager.default.removeItem(at: place) }
        try await engine.speak(text, voice, to: place)
        let size = (try? place.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0
        guard size <= MediaFiles.maximumBytes, let data = try? Data(contentsOf: place),
            let clip = try? AudioClip(parsing: [UInt8](data))
        else { throw CallError(.error, "say failed: \(SpeechEngine.name) made no audio that can be played") }
        cache.keep(clip, key)
        return clip
    }

    /// The text without control characters, which no voice can say.
    private static func plain(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : $0 }))
    }
}
