import SIPMessages

/// The hang-up cause that the voice events and CDRs carry.
///
/// Stores keep the numbers: a new cause goes to the end.
public enum HangupCause: UInt8, Hashable, Sendable, CaseIterable {
    case normalUnspecified, normalClearing, originatorCancel, userBusy, callRejected, unallocatedNumber, noAnswer
    case normalTemporaryFailure, invalidNumberFormat, noRouteDestination, recoveryOnTimerExpire
    case incompatibleDestination, interworking, networkOutOfOrder, serviceUnavailable, serviceNotImplemented
    case exchangeRoutingError
    case numberChanged, noUserResponse, subscriberAbsent, destinationOutOfOrder, facilityRejected, callBarred
    case normalCircuitCongestion, switchCongestion

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
        case .numberChanged: "NUMBER_CHANGED"
        case .noUserResponse: "NO_USER_RESPONSE"
        case .subscriberAbsent: "SUBSCRIBER_ABSENT"
        case .destinationOutOfOrder: "DESTINATION_OUT_OF_ORDER"
        case .facilityRejected: "FACILITY_REJECTED"
        case .callBarred: "OUTGOING_CALL_BARRED"
        case .normalCircuitCongestion: "NORMAL_CIRCUIT_CONGESTION"
        case .switchCongestion: "SWITCH_CONGESTION"
        }
    }

    /// Which names are given where both the documented set of the voice interface and FreeSWITCH have one.
    public enum Naming: String, Hashable, Sendable, CaseIterable {
        /// Common failures keep to the seven documented names.
        case documented
        /// The names that FreeSWITCH gives.
        case freeswitch
    }

    /// The cause of a call that was never answered and ended with `status`.
    public init(unanswered status: StatusCode, naming: Naming = .documented) {
        if naming == .freeswitch, let cause = Self.ofFreeSWITCH(status) {
            self = cause
            return
        }
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

    /// Where FreeSWITCH names a status otherwise than the documented set does.
    private static func ofFreeSWITCH(_ status: StatusCode) -> HangupCause? {
        switch status.rawValue {
        case 410: .numberChanged
        case 604: .noRouteDestination
        case 408: .recoveryOnTimerExpire
        case 480: .noUserResponse
        default: nil
        }
    }

    /// The cause that a peer told in a Reason header; nil where the SIP status decides.
    public init?(q850 cause: UInt8, naming: Naming = .documented) {
        switch cause {
        case 1: self = .unallocatedNumber
        case 16: self = .normalClearing
        case 17: self = .userBusy
        case 18: self = naming == .freeswitch ? .noUserResponse : .noAnswer
        case 19: self = .noAnswer
        case 21: self = .callRejected
        case 41: self = .normalTemporaryFailure
        default: return nil
        }
    }

    /// This cause by other names: that of a call that ended with the Q.850 cause `q850` and `status`, and was answered or
    /// not. What both name alike stays as it is.
    public func named(_ naming: Naming, q850: UInt8, status: StatusCode, isAnswered: Bool) -> HangupCause {
        if let told = HangupCause(q850: q850), told == self, q850 != Q850.cause(of: status) {
            return HangupCause(q850: q850, naming: naming) ?? self
        }
        guard !isAnswered, self == HangupCause(unanswered: status) else { return self }
        return HangupCause(unanswered: status, naming: naming)
    }

    /// The status that refuses an unanswered caller for this cause.
    public var rejectionStatus: StatusCode {
        let status: UInt16 =
            switch self {
            case .unallocatedNumber, .noRouteDestination: 404
            case .userBusy: 486
            case .noUserResponse: 408
            case .noAnswer, .subscriberAbsent, .normalUnspecified: 480
            case .callRejected: 603
            case .numberChanged: 410
            case .destinationOutOfOrder: 502
            case .invalidNumberFormat: 484
            case .facilityRejected, .serviceNotImplemented: 501
            case .networkOutOfOrder, .normalTemporaryFailure, .normalCircuitCongestion, .switchCongestion: 503
            case .callBarred: 403
            case .incompatibleDestination: 488
            case .recoveryOnTimerExpire: 504
            case .originatorCancel: 487
            case .exchangeRoutingError: 483
            case .normalClearing, .interworking, .serviceUnavailable: 480
            }
        return StatusCode(rawValue: status)
    }
}
