import Testing
import Timeline

@testable import SwitchEngine

@Suite struct CallNumberingTests {
    @Test(
        "calls are dated by the wall clock at their beginning, however it is set in them, and last as long as they last",
        arguments: [3_600_000, -3_600_000] as [Int64])
    func clockIsSet(milliseconds: Int64) throws {
        var harness = try SwitchHarness()
        let epoch: Int64 = 1_700_000_000_000
        _ = harness.connect("a")
        let first = harness.now
        harness.give(.wallClock(epochMilliseconds: epoch + milliseconds))
        harness.advance(.seconds(10))
        let second = harness.now
        _ = harness.connect("b")
        for number in [1, 2] as [UInt64] { harness.give(.command(.disconnect(number, by: .api))) }
        for bye in harness.sent { harness.deliver(Messages.response("200 OK", to: bye), from: bye.flow.remote) }
        let times = harness.allRecords.sorted { $0.id < $1.id }.map(\.times)
        #expect(times.count == 2)
        #expect(times.first?.setupMilliseconds == epoch + first.nanoseconds / 1_000_000)
        #expect(times.last?.setupMilliseconds == epoch + milliseconds + second.nanoseconds / 1_000_000)
        let end = try #require(times.first?.end)
        #expect(times.first.map { end - $0.setup } == .seconds(10))
    }

    @Test("a process that starts a millisecond later on the same machine numbers its records higher")
    func restart() {
        var first = CallNumbering(epochMilliseconds: 1_790_000_000_000, start: .zero + .seconds(100))
        let later = CallNumbering(
            epochMilliseconds: 1_790_000_000_000, start: .zero + .seconds(100) + .milliseconds(1))
        let record = first.record(of: first.next())
        #expect(record < later.record(of: 1))
        #expect(first.call(of: record) == 1)
        #expect(record <= UInt64(Int64.max))
    }
}
