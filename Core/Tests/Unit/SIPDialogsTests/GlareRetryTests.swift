import SIPDialogs
import Testing
import Timeline

@Suite struct GlareRetryTests {
    @Test("after glare the owner of the Call-ID waits 2.1 to 4 s and the other 0 to 2 s, in units of 10 ms")
    func glareDelays() {
        var dice = IdentifierSource(seed: 1)
        var owner: Set<Duration> = []
        var other: Set<Duration> = []
        for _ in 0..<20_000 {
            owner.insert(GlareRetry.delay(ownsCallID: true, using: &dice))
            other.insert(GlareRetry.delay(ownsCallID: false, using: &dice))
        }
        #expect(owner.min() == .milliseconds(2_100))
        #expect(owner.max() == .seconds(4))
        #expect(owner.count == 191)
        #expect(other.min() == .zero)
        #expect(other.max() == .seconds(2))
        #expect(other.count == 201)
    }
}
