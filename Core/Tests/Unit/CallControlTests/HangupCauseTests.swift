import SIPMessages
import Testing

@testable import CallControl

struct HangupCauseTests {
    private func cause(_ status: UInt16, _ naming: HangupCause.Naming = .documented) -> String {
        "\(HangupCause(unanswered: StatusCode(rawValue: status), naming: naming).name)"
    }

    @Test("every final status has its cause, by the documented names and by those of FreeSWITCH")
    func table() {
        let both: [String: [UInt16]] = [
            "CALL_REJECTED": [401, 402, 403, 407, 603], "INVALID_NUMBER_FORMAT": [484], "NO_ROUTE_DESTINATION": [485],
            "RECOVERY_ON_TIMER_EXPIRE": [504], "USER_BUSY": [486, 600], "ORIGINATOR_CANCEL": [487],
            "NORMAL_TEMPORARY_FAILURE": [400, 481, 500, 503], "INCOMPATIBLE_DESTINATION": [488, 606],
            "INTERWORKING": [413, 414, 416, 420, 421, 423, 505, 513], "NETWORK_OUT_OF_ORDER": [502],
            "SERVICE_UNAVAILABLE": [405], "SERVICE_NOT_IMPLEMENTED": [406, 415, 501],
            "EXCHANGE_ROUTING_ERROR": [482, 483], "UNALLOCATED_NUMBER": [404],
        ]
        let differing: [UInt16: (String, String)] = [
            410: ("UNALLOCATED_NUMBER", "NUMBER_CHANGED"), 604: ("UNALLOCATED_NUMBER", "NO_ROUTE_DESTINATION"),
            408: ("NO_ANSWER", "RECOVERY_ON_TIMER_EXPIRE"), 480: ("NO_ANSWER", "NO_USER_RESPONSE"),
        ]
        for status in UInt16(400)...699 {
            if let (documented, freeswitch) = differing[status] {
                #expect(cause(status) == documented && cause(status, .freeswitch) == freeswitch)
                continue
            }
            let expected = both.first { $0.value.contains(status) }?.key ?? "NORMAL_UNSPECIFIED"
            #expect(cause(status) == expected && cause(status, .freeswitch) == expected, "\(status)")
        }
    }

    @Test("what a peer told in a Reason header wins where it is known")
    func reason() {
        let told: [UInt8: String] = [
            1: "UNALLOCATED_NUMBER", 16: "NORMAL_CLEARING", 17: "USER_BUSY", 18: "NO_ANSWER", 19: "NO_ANSWER",
            21: "CALL_REJECTED", 41: "NORMAL_TEMPORARY_FAILURE",
        ]
        for cause in UInt8.min...UInt8.max {
            #expect(HangupCause(q850: cause).map { "\($0.name)" } == told[cause])
        }
        #expect(HangupCause(q850: 18, naming: .freeswitch) == .noUserResponse)
    }

    @Test("a cause that was written down is named otherwise where its status or what a peer told has another name")
    func renamed() {
        func renamed(_ cause: HangupCause, _ q850: UInt8, _ status: UInt16, isAnswered: Bool = false) -> HangupCause {
            let status = StatusCode(rawValue: status)
            let same = cause.named(.documented, q850: q850, status: status, isAnswered: isAnswered)
            #expect(same == cause)
            return cause.named(.freeswitch, q850: q850, status: status, isAnswered: isAnswered)
        }
        for status in UInt16(300)...699 {
            let code = StatusCode(rawValue: status)
            let expected = HangupCause(unanswered: code, naming: .freeswitch)
            #expect(renamed(HangupCause(unanswered: code), Q850.cause(of: code), status) == expected, "\(status)")
        }
        #expect(renamed(.noAnswer, 18, 480) == .noUserResponse)
        #expect(renamed(.noAnswer, 19, 408) == .noAnswer)
        #expect(renamed(.unallocatedNumber, 1, 410) == .unallocatedNumber)
        #expect(renamed(.userBusy, 17, 480) == .userBusy)
        #expect(renamed(.normalClearing, 16, 200, isAnswered: true) == .normalClearing)
        #expect(renamed(.noAnswer, 18, 200, isAnswered: true) == .noUserResponse)
    }

    @Test("causes have names of their own and a status that refuses an unanswered caller")
    func wayBack() {
        #expect(Set(HangupCause.allCases.map { "\($0.name)" }).count == HangupCause.allCases.count)
        let told: [(HangupCause, UInt16)] = [
            (.unallocatedNumber, 404), (.noRouteDestination, 404), (.userBusy, 486), (.noUserResponse, 408),
            (.noAnswer, 480), (.subscriberAbsent, 480), (.normalUnspecified, 480), (.callRejected, 603),
            (.numberChanged, 410), (.destinationOutOfOrder, 502), (.invalidNumberFormat, 484),
            (.facilityRejected, 501), (.networkOutOfOrder, 503), (.normalTemporaryFailure, 503),
            (.switchCongestion, 503), (.normalCircuitCongestion, 503), (.callBarred, 403),
            (.incompatibleDestination, 488), (.serviceNotImplemented, 501), (.recoveryOnTimerExpire, 504),
            (.originatorCancel, 487), (.exchangeRoutingError, 483), (.normalClearing, 480), (.interworking, 480),
            (.serviceUnavailable, 480),
        ]
        #expect(Set(told.map(\.0)) == Set(HangupCause.allCases))
        for (cause, status) in told { #expect(cause.rejectionStatus.rawValue == status, "\(cause)") }
    }

    @Test("stores keep the numbers of causes, so they never change")
    func numbers() {
        #expect(HangupCause.normalUnspecified.rawValue == 0 && HangupCause.noAnswer.rawValue == 6)
        #expect(HangupCause.exchangeRoutingError.rawValue == 16 && HangupCause.switchCongestion.rawValue == 24)
    }
}
