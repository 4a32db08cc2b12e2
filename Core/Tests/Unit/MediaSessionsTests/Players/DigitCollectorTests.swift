import MediaSessions
import Testing
import Timeline

/// The semantics of get_digits (call-channel.md §3.6).
@Suite struct DigitCollectorTests {
    private struct Scene {
        var collector = DigitCollector()
        var now = Instant.zero
        var results: [DigitCollector.Effect] = []

        mutating func digits(_ text: String) {
            for digit in text.utf8 { collector.receive(.digit(digit), at: now, into: &results) }
        }

        mutating func ask(_ request: DigitRequest) { collector.receive(.request(request), at: now, into: &results) }

        mutating func wait(_ duration: Duration) {
            let end = now + duration
            while let deadline = collector.nextDeadline, deadline <= end {
                now = deadline
                collector.timeElapsed(at: now, into: &results)
            }
            now = end
        }

        func result(_ text: String, _ cause: DigitCollector.Cause) -> DigitCollector.Effect {
            .collected(Array(text.utf8), cause)
        }
    }

    @Test("without a time-out for the first digit what is buffered comes back at once")
    func atOnce() {
        var scene = Scene()
        scene.ask(DigitRequest())
        scene.digits("12")
        scene.ask(DigitRequest(count: 4))
        #expect(scene.results == [scene.result("", .timeout), scene.result("12", .timeout)])
        #expect(scene.collector.buffer.isEmpty && scene.collector.cause == .timeout)
    }

    @Test("a count takes that many and leaves the rest")
    func count() {
        var scene = Scene()
        scene.digits("12")
        scene.ask(DigitRequest(count: 3, predigitsTimeout: .seconds(5)))
        #expect(scene.results.isEmpty && scene.collector.cause == .none)
        scene.digits("345")
        #expect(scene.results == [scene.result("123", .count)])
        scene.ask(DigitRequest(count: 2))
        #expect(scene.results.last == scene.result("45", .count))
    }

    @Test("the end digit ends the input and is no part of it")
    func endDigit() {
        var scene = Scene()
        scene.ask(DigitRequest(predigitsTimeout: .seconds(10), end: UInt8(ascii: "#")))
        scene.digits("4711#8")
        #expect(scene.results == [scene.result("4711", .end)])
        #expect(scene.collector.buffer == Array("8".utf8))
        scene.digits("#")
        scene.ask(DigitRequest(count: 1, end: UInt8(ascii: "#")))
        #expect(scene.results.last == scene.result("8", .count))
        scene.ask(DigitRequest(count: 5, end: UInt8(ascii: "#")))
        #expect(scene.results.last == scene.result("", .end))
    }

    @Test("the first digit has its own time-out, each further one the other, everything together a third")
    func timeouts() {
        var scene = Scene()
        scene.ask(DigitRequest(predigitsTimeout: .seconds(3), interdigitTimeout: .seconds(1)))
        scene.wait(.milliseconds(2999))
        #expect(scene.results.isEmpty)
        scene.wait(.milliseconds(1))
        #expect(scene.results == [scene.result("", .timeout)])
        scene.ask(DigitRequest(predigitsTimeout: .seconds(3), interdigitTimeout: .seconds(1)))
        scene.wait(.seconds(2))
        scene.digits("7")
        scene.wait(.milliseconds(900))
        scene.digits("8")
        scene.wait(.milliseconds(999))
        #expect(scene.results.count == 1)
        scene.wait(.milliseconds(1))
        #expect(scene.results.last == scene.result("78", .timeout))
        var request = DigitRequest(predigitsTimeout: nil, interdigitTimeout: nil)
        request.timeout = .seconds(60)
        scene.ask(request)
        scene.digits("1")
        scene.wait(.seconds(59))
        scene.digits("2")
        #expect(scene.results.count == 2)
        scene.wait(.seconds(1))
        #expect(scene.results.last == scene.result("12", .timeout))
    }

    @Test("clearing forgets what was pressed before, hang-up returns what came, withdrawal keeps it")
    func otherEnds() {
        var scene = Scene()
        scene.digits("99")
        scene.ask(DigitRequest(isClearing: true, count: 2, predigitsTimeout: .seconds(9)))
        scene.digits("1")
        scene.collector.receive(.hangUp, at: scene.now, into: &scene.results)
        #expect(scene.results == [scene.result("1", .hangup)] && scene.collector.cause == .hangup)
        scene.ask(DigitRequest(count: 2, predigitsTimeout: .seconds(9)))
        scene.digits("3")
        scene.collector.receive(.withdraw, at: scene.now, into: &scene.results)
        #expect(scene.results.last == scene.result("", .error) && scene.results.count == 2)
        #expect(scene.collector.cause == .error && scene.collector.nextDeadline == nil)
        scene.ask(DigitRequest(count: 1))
        #expect(scene.results.last == scene.result("3", .count))
        scene.digits("5")
        scene.collector.receive(.clear, at: scene.now, into: &scene.results)
        scene.ask(DigitRequest())
        #expect(scene.results.last == scene.result("", .timeout))
    }

    @Test("a flood of digits has a bound")
    func flood() {
        var scene = Scene()
        scene.digits(String(repeating: "7", count: 5000))
        #expect(scene.collector.buffer.count == DigitCollector.maximumBuffer)
    }
}
