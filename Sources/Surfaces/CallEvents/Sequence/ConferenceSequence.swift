/// The order of the events of one conference: it is created once, completed once, and nothing comes after that.
public struct ConferenceSequence: Equatable, Sendable {
    private var isCreated = false
    private var isCompleted = false

    public init() {}

    /// Whether `content` may be told now.
    public mutating func admits(_ content: CallEventContent) -> Bool {
        guard !isCompleted else { return false }
        switch content {
        case .conference(let event) where event.completed == nil:
            defer { isCreated = true }
            return !isCreated
        case .conference:
            isCompleted = true
            return true
        case .conferenceMember, .conferencePlayback, .conferenceSpeak, .recording: return true
        case .incomingCall, .answer, .hangup, .timeout, .playback, .speak, .dtmf, .gather, .transcription,
            .transferComplete, .redirect:
            return false
        }
    }
}
