import Routing
import SIPMessages
import Testing

@Suite struct FailoverTests {
    private static let outcomes: [(AttemptOutcome, Bool)] = [
        (AttemptOutcome.answered(.busyHere), true), (.answered(.decline), true), (.answered(.busyEverywhere), true),
        (.answered(StatusCode(699)), true), (.answered(.serviceUnavailable), false), (.answered(.notFound), false),
        (.answered(.requestTimeout), false), (.answered(.temporarilyUnavailable), false),
        (.answered(.movedTemporarily), false), (.answered(.unauthorized), false), (.noReply, false),
        (.noAnswer, false), (.unreachable, false), (.overCapacity, false),
    ]

    @Test(
        "by default 486 and 6xx end the hunt; other answers, time-outs and unreachable peers go on",
        arguments: outcomes)
    func standard(outcome: AttemptOutcome, stops: Bool) {
        #expect((FailoverPolicy.verdict(on: outcome, codes: .standard, isHuntstop: false) == .stop) == stops)
        let isTried = outcome != .overCapacity
        #expect((FailoverPolicy.verdict(on: outcome, codes: .standard, isHuntstop: true) == .stop) == isTried)
    }

    @Test("a connection's own codes replace the default")
    func ownCodes() throws {
        let codes = try HuntstopCodes("404, 500-503")
        #expect(FailoverPolicy.verdict(on: .answered(.notFound), codes: codes, isHuntstop: false) == .stop)
        #expect(FailoverPolicy.verdict(on: .answered(.serviceUnavailable), codes: codes, isHuntstop: false) == .stop)
        #expect(FailoverPolicy.verdict(on: .answered(.busyHere), codes: codes, isHuntstop: false) == .continueHunt)
        #expect(try HuntstopCodes("").contains(.busyHere) == false)
        #expect(try HuntstopCodes("486,600-699") == .standard)
    }

    private static let badLists: [(String, String)] = [
        ("48", "48"), ("486,", ""), ("486;600", "486;600"), ("699-600", "699-600"), ("200", "200"),
        ("486-", "486-"), ("a", "a"), ("486,700", "700"), ("300-400-500", "300-400-500"),
    ]

    @Test(
        "lists that are none are refused with the item",
        arguments: badLists)
    func badCodes(text: String, item: String) {
        let error = #expect(throws: HuntstopCodes.ParseError.self) { try HuntstopCodes(text) }
        #expect(error?.item == item)
    }

    /// Statuses in the order of attempts, or a name for what is no answer, and what the caller sees.
    private static let hunts: [([Int], UInt16)] = [
        ([486, 503], 486), ([503, 486], 486), ([503, 480, 486, 404], 486), ([408, 503], 408), ([503, 500], 500),
        ([404, 403], 404), ([480, 404], 404), ([503, 480], 480), ([603, 486], 603), ([486, 603], 603),
        ([600, 603], 600), ([1, 503], 503), ([2, 486], 486), ([3, 500], 500), ([3], 503), ([1], 408), ([2], 408),
        ([4], 503), ([3, 2], 408), ([401], 503), ([407], 503), ([401, 486], 486), ([401, 500], 500),
        ([407, 2], 503),
        ([302], 502), ([302, 404], 404), ([302, 503], 503), ([487, 480], 480), ([408, 2], 408), ([488, 503], 488),
        ([], 503),
    ]

    @Test(
        "the caller sees the best answer",
        arguments: hunts)
    func best(outcomes: [Int], seen: UInt16) {
        var best = BestAnswer()
        for outcome in outcomes {
            switch outcome {
            case 1: best.consider(.noReply)
            case 2: best.consider(.noAnswer)
            case 3: best.consider(.unreachable)
            case 4: best.consider(.overCapacity)
            default: best.consider(.answered(StatusCode(UInt16(outcome))))
            }
        }
        #expect(best.status.rawValue == seen)
    }

    @Test("whatever the attempts, their order does not turn a better class into a worse, and no challenge is passed on")
    func everyPair() {
        for first in UInt16(300)...699 {
            for second in stride(from: UInt16(300), through: 699, by: 7) {
                var forward = BestAnswer()
                forward.consider(.answered(StatusCode(first)))
                forward.consider(.answered(StatusCode(second)))
                var backward = BestAnswer()
                backward.consider(.answered(StatusCode(second)))
                backward.consider(.answered(StatusCode(first)))
                #expect(forward.status.class == backward.status.class)
                #expect(forward.status.class >= 4 && forward.status != .unauthorized)
                #expect(forward.status != .proxyAuthenticationRequired)
            }
        }
    }

    @Test("reason and Retry-After are those of the answer shown, and none where the switch made it")
    func words() {
        var best = BestAnswer()
        best.consider(.answered(.serviceUnavailable), reason: bytes("Full"), retryAfter: 30)
        #expect(best.retryAfter == 30 && best.reason == bytes("Full"))
        best.consider(.answered(.busyHere), reason: bytes("Busy"))
        #expect(best.retryAfter == nil && best.reason == bytes("Busy"))
        var challenged = BestAnswer()
        challenged.consider(.answered(.unauthorized), reason: bytes("Secret realm"), retryAfter: 1)
        #expect(challenged.reason.isEmpty && challenged.retryAfter == nil)
    }
}
