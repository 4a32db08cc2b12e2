import Audio
import Timeline

/// What is looked for in a party's audio, beside digits and recordings.
struct PartyListening: Equatable, Sendable {
    var activity: ActivityDetector?
    var farEnd: FarEndClassifier?
    var machine: AnswerMachineWait?
    /// Whether digits are looked for, where somebody has asked.
    var tones: Bool?

    /// Whether anybody needs the audio.
    var needsAudio: Bool { activity != nil || farEnd != nil || machine != nil }
}
