import Addresses
import MediaSessions
import TestPhone

/// Which of the two groups of phones a message is of.
enum Side: Hashable, Sendable {
    case callers, carrier

    var endpoint: Endpoint { self == .callers ? TestRoutes.callers : TestRoutes.carrier }
}

/// A call of one of the two groups of phones.
struct CallKey: Hashable {
    var side: Side
    var id: PhoneCallID
}

/// Who receives audio on which port.
struct TestPorts {
    private var next: UInt16 = 20_000
    /// Parties of the test, by the port of their call.
    var calls: [Endpoint: CallKey] = [:]
    /// Ports of the switch, by the session, and back.
    var sessions: [UInt16: MediaSessionID] = [:]
    var ports: [MediaSessionID: UInt16] = [:]

    /// A port that has not been used for long.
    mutating func take() -> UInt16 {
        next = next >= 60_000 ? 20_000 : next + 2
        return next
    }
}
