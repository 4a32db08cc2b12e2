import Accounting
import Testing
import Timeline

@Suite struct CallDetailRecordTests {
    private func record(_ endedBy: EndedBy, status: UInt16, answered: Bool) -> CallDetailRecord {
        var times = CallTimes(setup: Instant(nanoseconds: 1_000_000_000), setupMilliseconds: 1_700_000_000_000)
        times.ringing = times.setup + .seconds(1)
        if answered { times.answer = times.setup + .seconds(3) }
        times.end = times.setup + .milliseconds(64_250)
        let ending = CallEnding(by: endedBy, status: status, cause: 16)
        return CallDetailRecord(id: 1, call: 2, parties: CallParties(), times: times, ending: ending)
    }

    @Test("the duration runs from answer to end and is zero for a call that was not answered")
    func duration() {
        #expect(record(.caller, status: 200, answered: true).duration == .milliseconds(61_250))
        #expect(record(.caller, status: 487, answered: false).duration == .zero)
        let times = record(.caller, status: 200, answered: true).times
        #expect(times.milliseconds(of: times.end) == 1_700_000_064_250)
        #expect(times.postDialDelay == .seconds(1))
    }

    @Test("every second that has begun is billed at the price of the route; what was not answered costs nothing")
    func cost() {
        var answered = record(.caller, status: 200, answered: true)
        #expect(answered.billedSeconds == 62)
        #expect(answered.cost == .zero)
        answered.parties.price = Money(millionths: 4_100)
        #expect(answered.cost == Money(millionths: 4_237))
        answered.times.end = answered.times.answer! + .seconds(60)
        #expect(answered.billedSeconds == 60)
        #expect(answered.cost == Money(millionths: 4_100))
        answered.times.end = answered.times.answer! + .nanoseconds(60_000_000_001)
        #expect(answered.billedSeconds == 61)
        var refused = record(.callee, status: 486, answered: false)
        refused.parties.price = Money(millionths: 4_100)
        #expect(refused.cost == .zero)
    }

    @Test("one plain sentence says who ended the call and how")
    func sentences() {
        #expect(record(.callee, status: 200, answered: true).sentence == "The callee hung up after 61.2 s.")
        #expect(
            record(.caller, status: 487, answered: false).sentence == "The caller gave up while it rang, after 64.2 s.")
        var refused = record(.callee, status: 486, answered: false)
        refused.attempts = [
            RouteAttempt(connection: 1, outcome: .unreachable, delay: .zero),
            RouteAttempt(connection: 2, outcome: .answered, status: 486, delay: .seconds(1)),
        ]
        #expect(refused.sentence == "The callee refused with 486 after 2 routes.")
        var limited = record(.switch, status: 503, answered: false)
        limited.ending.detail = Array("max_sessions of account 3\r\n".utf8)
        #expect(
            limited.sentence == "The switch refused with 503 before any route was tried: max_sessions of account 3.")
        for endedBy in EndedBy.allCases {
            for answered in [true, false] {
                #expect(record(endedBy, status: 480, answered: answered).sentence.hasSuffix("."))
            }
        }
    }

    @Test("the words of who ended a call are those of the interfaces")
    func words() {
        #expect(EndedBy.allCases.map { "\($0.word)" } == ["caller", "callee", "switch", "api", "application"])
        for endedBy in EndedBy.allCases { #expect(EndedBy(word: "\(endedBy.word)") == endedBy) }
        #expect(EndedBy(word: "nobody") == nil)
    }
}
