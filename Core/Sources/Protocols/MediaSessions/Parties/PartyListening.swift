import Audio
import Timeline

/// What is looked for in a party's audio, beside digits and recordings.
struct PartyListening: Equatable, Sendable {
    var activity: ActivityDetector?
    var farEnd = OnDemand<FarEndClassifier>()
    var machine = OnDemand<AnswerMachineWait>()
    var failure = OnDemand<FailureToneDetector>()
    /// Whether digits are looked for, where somebody has asked.
    var tones: Bool?

    /// Whether anybody needs the audio.
    var needsAudio: Bool {
        activity != nil || farEnd.value != nil || machine.value != nil || failure.value != nil
    }
}
