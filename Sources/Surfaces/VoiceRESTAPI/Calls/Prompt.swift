import Audio
import VoiceApplications

/// Something that is played or spoken to a call.
public struct Prompt: Hashable, Sendable {
    public enum Content: Hashable, Sendable {
        /// A WAV or MP3 file by its URL or by the name of a media file of the user.
        case file(String)
        case sentence(String, SpeechVoice)
    }

    public var content: Content
    /// How often; nil until it is stopped.
    public var repetitions: Int? = 1
    /// From −4, the softest, to 4; 0 as recorded.
    public var volume = 0
    /// Repeated in the events about it.
    public var tag: String?
    /// Whether events tell when it begins and ends.
    public var isTold = true

    public init(_ content: Content) { self.content = content }

    var isSpoken: Bool { if case .sentence = content { true } else { false } }

    /// The volume in decibels: three for each step.
    var gain: Double { Double(volume) * 3 }
}

/// Where the audio of prompts comes from.
protocol AudioSource: Sendable {
    /// The audio of a file. Throws `RESTError` that says why there is none.
    func clip(_ url: String, for user: String) async throws -> AudioClip
}
