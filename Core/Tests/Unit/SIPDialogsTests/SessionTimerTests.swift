import SIPDialogs
import Testing
import Timeline

@Suite("Session timers")
struct SessionTimerTests {
    private static func effects(_ timer: inout SessionTimer, at seconds: Double) -> [SessionTimer.Effect] {
        var effects: [SessionTimer.Effect] = []
        timer.timeElapsed(at: .zero + .milliseconds(Int64(seconds * 1000)), into: &effects)
        return effects
    }

    @Test("The refresher acts at half the interval, and gives the session up at its end")
    func refresher() {
        var timer = SessionTimer(wanting: 1_800)
        timer.agree(on: 100, isRefresher: true, at: .zero)
        #expect(timer.nextDeadline == .zero + .seconds(50))
        #expect(Self.effects(&timer, at: 49.9) == [])
        #expect(Self.effects(&timer, at: 50) == [.refresh])
        timer.refreshFailed(at: .zero + .seconds(51))
        #expect(Self.effects(&timer, at: 61) == [.refresh])
        #expect(timer.nextDeadline == .zero + .seconds(100))
        #expect(Self.effects(&timer, at: 100) == [.expired])
        #expect(timer.nextDeadline == nil)
    }

    @Test("The other side hangs up a third of the interval before its end, at most 32 seconds")
    func other() {
        for (interval, end) in [(90 as UInt32, 60.0), (900, 868.0)] {
            var timer = SessionTimer(wanting: 1_800)
            timer.agree(on: interval, isRefresher: false, at: .zero)
            #expect(Self.effects(&timer, at: end - 0.1) == [])
            #expect(Self.effects(&timer, at: end) == [.expired])
        }
    }

    @Test("A 2xx begins the interval anew; one without an interval ends the timer")
    func agreed() {
        var timer = SessionTimer(wanting: 1_800)
        timer.agree(on: 90, isRefresher: false, at: .zero)
        timer.agree(on: 90, isRefresher: false, at: .zero + .seconds(50))
        #expect(Self.effects(&timer, at: 109) == [])
        timer.agree(on: nil, isRefresher: true, at: .zero + .seconds(60))
        #expect(timer.nextDeadline == nil)
        #expect(timer.interval == 0)
    }

    @Test("A 422 raises what is wanted, and only raises it")
    func raised() {
        var timer = SessionTimer(wanting: 10)
        #expect(timer.wanted == 90)
        let verdicts = [nil, 90, 200, 100, 90_000].map { timer.raise(to: $0) }
        #expect(verdicts == [false, false, true, false, false])
        #expect(timer.wanted == 200)
        #expect(timer.allowed == 200)
    }

    @Test("Intervals too short or too long for anybody are kept within bounds")
    func bounds() {
        var timer = SessionTimer(wanting: 1_800)
        timer.agree(on: 1, isRefresher: true, at: .zero)
        #expect(timer.interval == 90)
        timer.agree(on: .max, isRefresher: true, at: .zero)
        #expect(timer.interval == 86_400)
    }
}
