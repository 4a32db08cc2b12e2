import Testing
import Timeline

@Suite struct DurationTests {
    @Test(
        "a duration has whole milliseconds and nanoseconds, cut toward zero",
        arguments: [
            (Duration.zero, 0, 0), (.milliseconds(1_500), 1_500, 1_500_000_000),
            (.nanoseconds(1_999_999), 1, 1_999_999), (.nanoseconds(-1_999_999), -1, -1_999_999),
            (.seconds(-2), -2_000, -2_000_000_000),
        ] as [(Duration, Int64, Int64)])
    func wholeUnits(_ duration: Duration, _ milliseconds: Int64, _ nanoseconds: Int64) {
        #expect(duration.milliseconds == milliseconds)
        #expect(duration.nanoseconds == nanoseconds)
    }

    @Test("the longest durations are clamped, and never trap")
    func longest() {
        let longest = Duration(secondsComponent: .max, attosecondsComponent: 0)
        let shortest = Duration(secondsComponent: .min, attosecondsComponent: 0)
        #expect((longest.milliseconds, longest.nanoseconds) == (.max, .max))
        #expect((shortest.milliseconds, shortest.nanoseconds) == (.min, .min))
    }
}
