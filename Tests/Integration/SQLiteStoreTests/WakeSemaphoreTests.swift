import SQLiteStore
import Testing

@Suite struct WakeSemaphoreTests {
    @Test("a wait ends with its limit where no signal comes, whatever the limit", arguments: [0, 1, 1500] as [Int64])
    func limit(milliseconds: Int64) {
        let began = ContinuousClock.now
        #expect(!WakeSemaphore().wait(atMost: .milliseconds(milliseconds)))
        #expect(ContinuousClock.now - began >= .milliseconds(milliseconds))
    }

    @Test("signals are counted: each of them ends one wait")
    func signals() {
        let semaphore = WakeSemaphore()
        semaphore.signal()
        semaphore.signal()
        #expect(semaphore.wait(atMost: .seconds(3600)))
        semaphore.wait()
        #expect(!semaphore.wait(atMost: .zero))
    }
}
