/// How far a call is, as far as its media must know (call-channel.md §3, rule for media functions).
public enum CallCondition: Hashable, Sendable, BitwiseCopyable {
    /// There is no call, or it is over.
    case idle
    /// There is a call that is not answered, or whose audio is elsewhere.
    case unanswered
    case answered
}

/// Why a media function was not carried out. `hangup` is what the original raises as Hangup, all others as Error.
public enum MediaRefusal: Error, Hashable, Sendable, BitwiseCopyable {
    /// The call's state is IDLE.
    case hangup
    /// The call's state is neither IDLE nor ANSWERED.
    case notAnswered
    /// Something is being played.
    case alreadyPlaying
    /// Such a recording is being made.
    case alreadyRecording
    /// Digits are already being waited for.
    case alreadyCollecting
    /// The call has an external audio source: it is connected to another call or in a conference.
    case externalSource
    /// More than 32 digits.
    case tooLong(Int)
    /// A character that is no digit and no comma.
    case invalidCharacter(UInt8)
    /// Nothing was given to play.
    case nothingToPlay
    /// There is no such other party, it is not answered, or it has no codec.
    case noSuchParty
    /// The room is full.
    case roomIsFull

    /// Whether the original raises Hangup.
    public var isHangup: Bool { self == .hangup }

    /// Throws where a function that needs an answered call cannot be carried out.
    static func check(_ condition: CallCondition) throws(MediaRefusal) {
        switch condition {
        case .idle: throw .hangup
        case .unanswered: throw .notAnswered
        case .answered: return
        }
    }
}
