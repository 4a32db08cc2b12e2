import MediaSessions

/// What one player or recorder of a channel does, and why its last job ended. Several may have been asked for at once: a
/// second one, which is refused, neither ends the first nor is remembered.
struct FunctionRecord<Cause: Hashable & Sendable>: Sendable {
    private let none: Cause
    private var last: Cause
    private var jobs = 0

    /// No job yet; `none` is the cause while there is nothing to tell.
    init(none: Cause) {
        self.none = none
        last = none
    }

    var isRunning: Bool { jobs > 0 }
    /// Why the last job ended; `none` while one goes on.
    var cause: Cause { isRunning ? none : last }

    mutating func begin() { jobs += 1 }

    /// Takes note of a job's end; nil where it was refused.
    mutating func end(_ cause: Cause?) {
        jobs -= 1
        if let cause { last = cause }
    }
}

/// What the players, recorders and detectors of a channel did last.
struct MediaFunctions: Sendable {
    var filePlayer = FunctionRecord(none: FilePlayer.Cause.none)
    var tonePlayer = FunctionRecord(none: TonePlayer.Cause.none)
    var dtmfPlayer = FunctionRecord(none: DTMFPlayer.Cause.none)
    var digits = DigitCollector.Cause.none
    var fileRecorder = FunctionRecord(none: FileRecorder.Cause.none)
    var hasAudio: Bool?
    var callRecorder = FunctionRecord(none: WholeCallRecorder.Cause.none)
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
}
