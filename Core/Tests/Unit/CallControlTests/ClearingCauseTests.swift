import SIPMessages
import Testing

@testable import CallControl

struct ClearingCauseTests {
    private func cause(_ status: UInt16, told q850: UInt8? = nil) -> ClearingCause {
        ClearingCause(status: StatusCode(rawValue: status), told: q850)
    }

    @Test("every status has its cause: the interface's table, FAILED for other failures, OTHER beyond")
    func statuses() {
        let table: [ClearingCause: [UInt16]] = [
            .normal: [487], .busy: [486, 600], .noAnswer: [408, 480], .unobtainable: [404, 416, 484, 485, 604],
            .changed: [410], .outOfOrder: [502], .barred: [403, 433], .rejected: [603], .noChannels: [503],
            .congestion: [504], .error: [400, 481, 500, 513],
        ]
        for status in UInt16(100)...699 {
            let known = table.first { $0.value.contains(status) }?.key
            let expected = known ?? (status >= 400 ? .failed : (200..<300).contains(status) ? .normal : .other)
            #expect(ClearingCause(status: StatusCode(rawValue: status)) == expected, "\(status)")
            #expect(cause(status) == expected, "\(status)")
        }
    }

    @Test("a Q.850 cause that the peer told decides about a failure where it is known, and about nothing else")
    func told() {
        let table: [UInt8: ClearingCause] = [
            1: .unobtainable, 3: .unobtainable, 28: .unobtainable, 17: .busy, 18: .noAnswer, 19: .noAnswer,
            22: .changed, 27: .outOfOrder, 55: .barred, 57: .barred, 87: .barred, 21: .rejected, 34: .noChannels,
            44: .noChannels, 42: .congestion,
        ]
        for number in UInt8.min...UInt8.max {
            #expect(ClearingCause(q850: number) == table[number])
            #expect(cause(403, told: number) == table[number] ?? .barred)
            #expect(cause(503, told: number) == table[number] ?? .noChannels)
            #expect(cause(200, told: number) == .normal && cause(487, told: number) == .normal)
        }
    }

    @Test("what a reject says is read as the same cause at the other end")
    func roundTrip() {
        let allowed: Set<ClearingCause> = [
            .busy, .noAnswer, .unobtainable, .changed, .outOfOrder, .barred, .rejected, .noChannels, .congestion,
        ]
        for cause in ClearingCause.allCases {
            #expect((cause.rejectionStatus != nil) == allowed.contains(cause))
            guard let status = cause.rejectionStatus else { continue }
            #expect(ClearingCause(status: status, told: cause.rejectionReason) == cause)
        }
    }
}
