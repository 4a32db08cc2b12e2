import SwitchSimulation
import Timeline

/// What happens to one driven call of a simulation, at moments that chance decides.
struct SimulatedStory: Sendable {
    /// What a request of the interface, the far end or an operator does to the call.
    enum Act: CaseIterable, Sendable {
        case answer, reject, rejectBusy, hangUp, play, speak, stopPlaying, gather, sendDigits, record, stopRecording
        case partyHangsUp, partyPresses, operatorDisconnects
        case enterBridge, enterConference, leaveRooms, mute, hold, unhold, transfer
    }

    let isIncoming: Bool
    let isAutoAnswered: Bool
    let callTimeout: Duration
    /// What somebody who is called does: answers after this time, refuses with this status, or rings.
    let answersAfter: Duration?
    let refusesWith: Int?
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
        let start = Duration.milliseconds(Int(dice.next() % 1500))
        self.start = start
        // Each act early, when little is settled, or later.
        acts = (0..<Int(dice.next() % 10)).map { _ in
            let act = Act.allCases.randomElement(using: &dice) ?? .hangUp
            let latest: UInt64 = dice.next() % 2 == 0 ? 60 : 5000
            return (start + .milliseconds(Int(dice.next() % latest)), act)
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
