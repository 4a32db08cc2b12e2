import Audio
import RTP
import Timeline

/// Everything that a party can be played, of which one at a time sounds.
struct PartyPlayers: Equatable, Sendable {
    var file = FilePlayer()
    var tone = TonePlayer()
    var digits: DTMFPlayer
    /// The beep before a recording.
    var beep: ToneGenerator?

    /// Whether anything is being played.
    var isPlaying: Bool {
        file.state == .playing || tone.state == .playing || digits.state == .playing || beep != nil
    }
}
