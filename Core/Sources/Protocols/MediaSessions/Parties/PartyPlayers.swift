import Audio
import RTP
import Timeline

/// Everything that a party can be played, of which one at a time sounds.
struct PartyPlayers: Equatable, Sendable {
    var file = FilePlayer()
    var tone = TonePlayer()
    var digits = OnDemand<DTMFPlayer>()
    /// Digits of the party that this one is connected to, which it takes in another way; they wait for their turn.
    var passed: [UInt8] = []
    /// Whether `digits` plays those.
    var isPassing = false
    /// The beep before a recording.
    var beep: ToneGenerator?

    /// Whether anything is being played.
    var isPlaying: Bool {
        file.state == .playing || tone.state == .playing || isPlayingDigits || beep != nil
    }

    /// Whether digits are being played.
    var isPlayingDigits: Bool { digits.value?.state == .playing }

    /// Whether digits of the connected party take the place of its audio.
    var isCoveringAudio: Bool { !passed.isEmpty || isPassing && digits.value?.isInStream ?? false }
}
