import Addresses
import Testing
import Timeline

@testable import HTTPService

@Suite("Slowing down wrong logins")
struct LoginThrottleTests {
    private let address = IPAddress(v4: 0x0A00_0001)
    private func instant(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

    @Test("each wrong login doubles the wait up to the longest; after a minute it is forgotten")
    func waits() {
        let throttle = LoginThrottle()
        let waits = (0..<7).map { throttle.failed(address, at: instant($0)) }
        #expect(waits.prefix(3) == [.milliseconds(100), .milliseconds(200), .milliseconds(400)])
        #expect(waits.last == .seconds(3))
        #expect(throttle.failed(address, at: instant(200)) == .milliseconds(100))
    }

    @Test("no address pays for another, and an IPv6 subscriber is one address")
    func addresses() {
        let throttle = LoginThrottle()
        for _ in 0..<10 { _ = throttle.failed(address, at: instant(0)) }
        #expect(throttle.isOverrun(address))
        #expect(!throttle.isOverrun(IPAddress(v4: 0x0A00_0002)))
        #expect(throttle.failed(IPAddress(v4: 0x0A00_0002), at: instant(0)) == .milliseconds(100))
        let one = IPAddress(high: 0x2001_0DB8_0000_0001, low: 1)
        _ = throttle.failed(one, at: instant(0))
        #expect(throttle.failed(IPAddress(high: one.high, low: 99), at: instant(0)) == .milliseconds(200))
        #expect(throttle.failed(IPAddress(high: one.high + 1, low: 1), at: instant(0)) == .milliseconds(100))
    }

    @Test("an address is heard again when its waits are over")
    func overrun() {
        let throttle = LoginThrottle()
        for _ in 0..<LoginThrottle.mostWaiting { _ = throttle.failed(address, at: instant(0)) }
        #expect(throttle.isOverrun(address))
        throttle.waited(address)
        #expect(!throttle.isOverrun(address))
        throttle.waited(IPAddress(v4: 9))
    }

    @Test("however many addresses fail, the table stays within its bound")
    func bound() {
        let throttle = LoginThrottle(capacity: 100)
        for number in 0..<5000 {
            let other = IPAddress(v4: UInt32(number))
            _ = throttle.failed(other, at: instant(Int64(number / 100)))
            throttle.waited(other)
        }
        #expect(throttle.count <= 100)
    }
}
