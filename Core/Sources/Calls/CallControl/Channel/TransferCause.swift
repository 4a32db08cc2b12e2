/// How the last transfer of a channel went.
public enum TransferCause: UInt8, Hashable, Sendable, CaseIterable {
    /// There was none, or it is still under way.
    case none
    /// It was carried out.
    case normal
    /// It took longer than allowed.
    case timeout
    /// The party to be transferred hung up first.
    case hangup
    /// The target refused.
    case targetReject
    /// The target answered and hung up before the parties were joined.
    case targetHangup
    /// It failed for another reason.
    case fail

    /// The name as the call-channel interface writes it.
    public var name: String {
        switch self {
        case .none: "NONE"
        case .normal: "NORMAL"
        case .timeout: "TIMEOUT"
        case .hangup: "HANGUP"
        case .targetReject: "TARGETREJECT"
        case .targetHangup: "TARGETHANGUP"
        case .fail: "FAIL"
        }
    }

    /// What it means for a transfer that the call to its target was cleared with `cause` before it was answered.
    public init(targetCleared cause: ClearingCause) {
        self =
            switch cause {
            case .busy, .noAnswer, .unobtainable, .changed, .barred, .rejected: .targetReject
            case .timeout: .timeout
            case .normal, .error, .outOfOrder, .noChannels, .congestion, .failed, .other: .fail
            }
    }
}
