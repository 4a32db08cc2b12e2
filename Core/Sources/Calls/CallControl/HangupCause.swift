import SIPMessages

/// The hang-up cause that the voice events and CDRs carry.
public enum HangupCause: UInt8, Hashable, Sendable, CaseIterable {
    case normalUnspecified, normalClearing, originatorCancel, userBusy, callRejected, unallocatedNumber, noAnswer
    case normalTemporaryFailure, invalidNumberFormat, noRouteDestination, recoveryOnTimerExpire
    case incompatibleDestination, interworking, networkOutOfOrder, serviceUnavailable, serviceNotImplemented
    case exchangeRoutingError

    /// The name as the voice events write it.
    public var name: StaticString {
        switch self {
        case .normalUnspecified: "NORMAL_UNSPECIFIED"
        case .normalClearing: "NORMAL_CLEARING"
        case .originatorCancel: "ORIGINATOR_CANCEL"
        case .userBusy: "USER_BUSY"
        case .callRejected: "CALL_REJECTED"
        case .unallocatedNumber: "UNALLOCATED_NUMBER"
        case .noAnswer: "NO_ANSWER"
        case .normalTemporaryFailure: "NORMAL_TEMPORARY_FAILURE"
        case .invalidNumberFormat: "INVALID_NUMBER_FORMAT"
        case .noRouteDestination: "NO_ROUTE_DESTINATION"
        case .recoveryOnTimerExpire: "RECOVERY_ON_TIMER_EXPIRE"
        case .incompatibleDestination: "INCOMPATIBLE_DESTINATION"
        case .interworking: "INTERWORKING"
        case .networkOutOfOrder: "NETWORK_OUT_OF_ORDER"
        case .serviceUnavailable: "SERVICE_UNAVAILABLE"
        case .serviceNotImplemented: "SERVICE_NOT_IMPLEMENTED"
        case .exchangeRoutingError: "EXCHANGE_ROUTING_ERROR"
        }
    }

    /// The cause of a call that was never answered and ended with `status`.
    public init(unanswered status: StatusCode) {
        self =
            switch status.rawValue {
            case 401, 402, 403, 407, 603: .callRejected
            case 404, 410, 604: .unallocatedNumber
            case 484: .invalidNumberFormat
            case 485: .noRouteDestination
            case 408, 480: .noAnswer
            case 504: .recoveryOnTimerExpire
            case 486, 600: .userBusy
            case 487: .originatorCancel
            case 400, 481, 500, 503: .normalTemporaryFailure
            case 488, 606: .incompatibleDestination
            case 413, 414, 416, 420, 421, 423, 505, 513: .interworking
            case 502: .networkOutOfOrder
            case 405: .serviceUnavailable
            case 406, 415, 501: .serviceNotImplemented
            case 482, 483: .exchangeRoutingError
            default: .normalUnspecified
            }
    }

    /// The cause that a peer told in a Reason header; nil where the SIP status decides.
    public init?(q850 cause: UInt8) {
        switch cause {
        case 1: self = .unallocatedNumber
        case 16: self = .normalClearing
        case 17: self = .userBusy
        case 18, 19: self = .noAnswer
        case 21: self = .callRejected
        case 41: self = .normalTemporaryFailure
        default: return nil
        }
    }
}
