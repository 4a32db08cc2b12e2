import BXML
import Testing
import Timeline

/// An interpreter with a clock that stands until it is told to go, and what it did.
struct BXMLScript {
    private(set) var interpreter = BXMLInterpreter()
    private(set) var now = Instant.zero

    var state: BXMLInterpreter.State { interpreter.state }

    /// Hands `event` over and returns what comes of it.
    mutating func tell(_ event: BXMLInterpreter.Event) -> [BXMLInterpreter.Effect] {
        var effects: [BXMLInterpreter.Effect] = []
        interpreter.receive(event, at: now, into: &effects)
        return effects
    }

    /// Begins with the verbs of `text`.
    mutating func begin(_ text: String) throws -> [BXMLInterpreter.Effect] {
        tell(.begin(BXMLDocument(try verbs(text))))
    }

    /// Lets `time` pass, deadline by deadline, and returns what comes of it.
    mutating func wait(_ time: Duration) -> [BXMLInterpreter.Effect] {
        let end = now + time
        var effects: [BXMLInterpreter.Effect] = []
        while let deadline = interpreter.nextDeadline, deadline <= end {
            now = max(now, deadline)
            interpreter.timeElapsed(at: now, into: &effects)
        }
        now = end
        return effects
    }

    /// Presses one key after the other.
    mutating func press(_ keys: String) -> [BXMLInterpreter.Effect] { keys.flatMap { tell(.digit($0)) } }
}

/// The request that a Gather tells its digits by.
func gathered(
    _ step: Int, _ digits: String, _ reason: BXMLGatherReason, _ terminator: Character? = nil, isAwaited: Bool = true
) -> BXMLInterpreter.Effect {
    .request(
        step, BXMLRequest("g"), .gather(digits: digits, reason, terminatingDigit: terminator, tag: nil),
        isAwaited: isAwaited)
}
