import Testing
import Timeline

@Suite struct InstantTests {
    @Test(
        "what lingers is cleared away less than 68 ms after its time, and never before",
        arguments: [0, 1, 67_108_863, 67_108_864, 67_108_865, 32_000_000_000, 1 << 62, -1, -67_108_865] as [Int64])
    func clearance(nanoseconds: Int64) {
        let clearance = Instant(nanoseconds: nanoseconds).nextClearance
        #expect((nanoseconds..<nanoseconds + 68_000_000).contains(clearance.nanoseconds))
        #expect(clearance.nextClearance == clearance)
    }

    @Test("what never comes is never cleared away", arguments: [Instant.distantFuture, Instant(nanoseconds: .max - 5)])
    func never(instant: Instant) { #expect(instant.nextClearance == instant) }
}
