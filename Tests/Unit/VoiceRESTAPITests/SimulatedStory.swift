import SwitchSimulation
import Timeline

/// What happens to one driven call of a simulation, at moments that chance decides.
struct SimulatedStory: Sendable {
    /// What a request of the interface, the far end or an operator does to the call.
    enum Act: Sendable {
        case answer, reject, rejectBusy, hangUp, play, speak, stopPlaying, gather, sendDigits, record, stopRecording
        case partyHangsUp, partyPresses, operatorDisconnects
        case transfer
        case room(SimulatedRooms.Act)

        private static let ofCalls: [Act] = [
            .answer, .reject, .rejectBusy, .hangUp, .play, .speak, .stopPlaying, .gather, .sendDigits, .record,
            .stopRecording, .partyHangsUp, .partyPresses, .operatorDisconnects, .transfer,
        ]

        /// Those that bring a call into a room more often than the others.
        private static let ofRooms =
            Array(repeating: [SimulatedRooms.Act.becomeMember, .attend], count: 6).joined()
            + [.makeBridge, .makeBridge, .joinBridge, .joinBridge] + SimulatedRooms.Act.allCases

        static func rolled(_ dice: inout IdentifierSource) -> Act {
            if dice.next() % 2 == 0 { return .room(ofRooms.randomElement(using: &dice) ?? .attend) }
            return ofCalls.randomElement(using: &dice) ?? .hangUp
        }
    }

    let isIncoming: Bool
    let isAutoAnswered: Bool
    let callTimeout: Duration
    /// What somebody who is called does: answers after this time, refuses with this status, or rings.
    let answersAfter: Duration?
    let refusesWith: Int?
    /// Whether it is made for a bridge, and whether it becomes a member of its conference when it is answered.
    let joinsBridge: Bool
    let joinsConference: Bool
    /// When it begins.
    let start: Duration
    /// What happens, by time from the beginning of the simulation, in its order.
    let acts: [(at: Duration, act: Act)]

    init(_ dice: inout IdentifierSource) {
        isIncoming = dice.next() % 2 == 0
        isAutoAnswered = dice.next() % 3 != 0
        callTimeout = .milliseconds(Int(500 + dice.next() % 6000))
        let manner = dice.next() % 8
        answersAfter = manner < 6 ? .milliseconds(Int(dice.next() % 2500)) : nil
        refusesWith = manner == 6 ? [404, 480, 486, 500, 603].randomElement(using: &dice) : nil
        joinsBridge = dice.next() % 8 == 0
        joinsConference = dice.next() % 2 == 0
        let start = Duration.milliseconds(Int(dice.next() % 1500))
        self.start = start
        // Each act early, when little is settled, or later; some at the same moment, before either has come to its end.
        acts = (0..<Int(dice.next() % 10)).flatMap { _ in
            let act = Act.rolled(&dice)
            let latest: UInt64 = if case .room = act { 5000 } else { dice.next() % 2 == 0 ? 60 : 5000 }
            let time = start + .milliseconds(Int(dice.next() % latest))
            guard case .room = act, dice.next() % 2 == 0 else { return [(time, act)] }
            return [(time, act), (time, Act.rolled(&dice))]
        }.sorted { $0.0 < $1.0 }
    }
}

extension NetworkConditions {
    /// A network that chance has made.
    static func rolled(_ dice: inout IdentifierSource) -> NetworkConditions {
        var conditions = NetworkConditions()
        guard dice.next() % 3 != 0 else { return conditions }
        conditions.delay = .milliseconds(Int(1 + dice.next() % 30))
        conditions.jitter = .milliseconds(Int(dice.next() % 40))
        conditions.lostPerMille = Int(dice.next() % 100)
        conditions.doubledPerMille = Int(dice.next() % 200)
        conditions.reorderedPerMille = Int(dice.next() % 200)
        return conditions
    }
}
