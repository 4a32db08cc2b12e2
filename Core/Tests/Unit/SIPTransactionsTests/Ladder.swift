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

/// Wakes a machine at each of its deadlines, up to a limit, and notes what it asks for and when.
func ladder<Machine, Effect: Equatable>(
    _ machine: inout Machine, until end: Int = .max, deadline: (Machine) -> Instant?,
    wake: (inout Machine, Instant, inout [Effect]) -> Void
) -> [Step<Effect>] {
    var steps: [Step<Effect>] = []
    while let next = deadline(machine), milliseconds(next) <= end {
        var effects: [Effect] = []
        wake(&machine, next, &effects)
        steps += effects.map { Step(milliseconds(next), $0) }
    }
    return steps
}
