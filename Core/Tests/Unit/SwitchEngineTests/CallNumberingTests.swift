import Testing
import Timeline

@testable import SwitchEngine

@Suite struct CallNumberingTests {
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
