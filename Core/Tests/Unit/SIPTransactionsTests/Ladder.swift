import Timeline

/// `milliseconds` after the beginning of the test's time line.
func at(_ milliseconds: Int) -> Instant { .zero + .milliseconds(milliseconds) }

/// The whole milliseconds since the beginning of the test's time line.
func milliseconds(_ instant: Instant) -> Int { Int(instant.nanoseconds / 1_000_000) }

/// One effect and the millisecond in which it came.
struct Step<Effect: Equatable>: Equatable, CustomStringConvertible {
    var time: Int
    var effect: Effect

    init(_ time: Int, _ effect: Effect) {
        self.time = time
        self.effect = effect
    }

    var description: String { "\(time):\(effect)" }
}
