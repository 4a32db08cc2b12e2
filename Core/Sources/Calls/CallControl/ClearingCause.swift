import SIPMessages

/// Why a call was cleared: the 14 causes of the call-channel interface, and the one table that ties them to SIP
/// statuses, Q.850 causes (RFC 3398 §8.2.6.1) and the hang-up causes of the voice events.
public enum ClearingCause: UInt8, Hashable, Sendable, CaseIterable {
    case timeout, error, normal, busy, noAnswer, unobtainable, changed, outOfOrder, barred, rejected, noChannels
    case congestion, failed, other

    /// The name as the call-channel interface writes it.
    public var name: String {
        switch self {
        case .timeout: "TIMEOUT"
        case .error: "ERROR"
        case .normal: "NORMAL"
        case .busy: "BUSY"
        case .noAnswer: "NOANSWER"
        case .unobtainable: "UNOBTAINABLE"
        case .changed: "CHANGED"
        case .outOfOrder: "OUTOFORDER"
        case .barred: "BARRED"
        case .rejected: "REJECTED"
        case .noChannels: "NOCHANNELS"
        case .congestion: "CONGESTION"
        case .failed: "FAILED"
        case .other: "OTHER"
        }
    }

    /// The cause that a final failure status means.
    public init(status: StatusCode) {
        self =
            switch status.rawValue {
            case 200..<300, 487: .normal
            case 486, 600: .busy
            case 408, 480: .noAnswer
            case 404, 416, 484, 485, 604: .unobtainable
            case 410: .changed
            case 502: .outOfOrder
            case 403, 433: .barred
            case 603: .rejected
            case 503: .noChannels
            case 504: .congestion
            case 400, 481, 500, 513: .error
            case 400..<700: .failed
            default: .other
            }
    }

    /// The cause of a call that ended with `status`, where the peer told a Q.850 cause, too: of a failure that one says
    /// more, where it is known.
    public init(status: StatusCode, told q850: UInt8?) {
        let isFailure = status.isFinal && !status.isSuccess && status != .requestTerminated
        let told = isFailure ? q850.flatMap { ClearingCause(q850: $0) } : nil
        self = told ?? ClearingCause(status: status)
    }

    /// The cause that a Q.850 cause of a failure means; nil where the status decides.
    public init?(q850 cause: UInt8) {
        switch cause {
        case 1, 3, 28: self = .unobtainable
        case 17: self = .busy
        case 18, 19: self = .noAnswer
        case 21: self = .rejected
        case 22: self = .changed
        case 27: self = .outOfOrder
        case 34, 44: self = .noChannels
        case 42: self = .congestion
        case 55, 57, 87: self = .barred
        default: return nil
        }
    }

    /// The Q.850 cause that a reject with this cause tells, where its status alone would mean another one.
    public var rejectionReason: UInt8? { self == .congestion ? 42 : nil }

    /// The status that rejects an unanswered caller with this cause; nil where the interface allows no such reject.
    public var rejectionStatus: StatusCode? {
        switch self {
        case .busy: StatusCode(rawValue: 486)
        case .noAnswer: StatusCode(rawValue: 480)
        case .unobtainable: StatusCode(rawValue: 404)
        case .changed: StatusCode(rawValue: 410)
        case .outOfOrder: StatusCode(rawValue: 502)
        case .barred: StatusCode(rawValue: 403)
        case .rejected: StatusCode(rawValue: 603)
        case .noChannels: StatusCode(rawValue: 503)
        case .congestion: StatusCode(rawValue: 503)
        case .timeout, .error, .normal, .failed, .other: nil
        }
    }
}

/// The ITU-T Q.850 cause of a final SIP status, for CDRs and Reason headers (RFC 3398 §8.2.6.1, RFC 3326).
public enum Q850 {
    /// Normal call clearing.
    public static let normalClearing: UInt8 = 16

    /// The Q.850 cause that stands for `status`.
    public static func cause(of status: StatusCode) -> UInt8 {
        switch status.rawValue {
        case 200..<300, 487: 16
        case 404, 485, 604: 1
        case 486, 600: 17
        case 408: 18
        case 480: 19
        case 401, 402, 403, 407, 603: 21
        case 410: 22
        case 483: 25
        case 502: 27
        case 416, 484: 28
        case 405: 63
        case 406, 415, 420, 501: 79
        case 488, 606: 88
        case 482: 25
        case 500: 41
        case 503: 34
        case 504: 102
        case 400, 481, 505, 513: 127
        default: 31
        }
    }
}
