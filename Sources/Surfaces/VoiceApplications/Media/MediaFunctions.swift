import MediaSessions

/// What the players, recorders and detectors of a channel did last, and how many of each kind were asked for and are not
/// over: a second one, which is refused, does not end the first.
struct MediaFunctions: Sendable {
    var filePlayer = FilePlayer.Cause.none
    var filePlays = 0
    var tonePlayer = TonePlayer.Cause.none
    var tonePlays = 0
    var dtmfPlayer = DTMFPlayer.Cause.none
    var digitPlays = 0
    var digits = DigitCollector.Cause.none
    var fileRecorder = FileRecorder.Cause.none
    var recordings = 0
    var hasAudio: Bool?
    var callRecorder = WholeCallRecorder.Cause.none
    var callRecordings = 0
    var farEnd: FarEndClassifier.FarEnd? = .unknown
    /// How the present call is to find out who answers it.
    var detection: LiveSpeakerDetection?
}

extension CallError {
    /// Why a media function was refused.
    init(_ refusal: MediaRefusal, _ function: StaticString) {
        let message =
            switch refusal {
            case .hangup: "needs a call, but the channel is IDLE"
            case .notAnswered: "needs a channel that is ANSWERED"
            case .alreadyPlaying: "needs a channel that plays nothing else"
            case .alreadyRecording: "is recording already; stop it first"
            case .alreadyCollecting: "is collecting digits already"
            case .externalSource: "needs a channel that is not connected to another call or in a conference"
            case .tooLong(let count): "takes at most 32 characters, not \(count)"
            case .invalidCharacter(let byte):
                "takes 0-9, A-D, *, # and comma, not U+\(String(byte, radix: 16, uppercase: true))"
            case .nothingToPlay: "was given nothing to play"
            case .noSuchParty: "needs another channel that is ANSWERED"
            case .roomIsFull: "found the conference room full"
            }
        self.init(refusal.isHangup ? .hangup : .error, "\(function) \(message)")
    }

    static let stopping = CallError(.stopped, "the switch is stopping")
}
