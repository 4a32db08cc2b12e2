import MediaSessions
import Timeline

/// A media shard that carries nothing: it hands out ports, reports silence and closes, late or not at all.
public struct SimulatedMedia: Sendable {
    /// How it answers.
    public struct Behaviour: Equatable, Sendable {
        /// The most that passes before a command is answered.
        public var delay: Duration = .milliseconds(5)
        /// Of a thousand openings, how many fail.
        public var failingPerMille = 0
        /// Of a thousand supervised parties, how many fall silent after `silenceAfter`.
        public var silentPerMille = 0
        /// How long a silent party is watched.
        public var silenceAfter: Duration = .seconds(30)

        public init() {}
    }

    private let behaviour: Behaviour
    private var dice: IdentifierSource
    private var nextPort: UInt16 = 30_000
    private var ports: [MediaSessionID: (caller: [UInt16], callee: [UInt16])] = [:]
    /// The last answer of a session; a later one never overtakes it.
    private var lastAnswer: [MediaSessionID: Instant] = [:]

    public init(_ behaviour: Behaviour, seed: UInt64) {
        self.behaviour = behaviour
        dice = IdentifierSource(seed: seed)
    }

    /// Sessions with open ports.
    public var openCount: Int { ports.count }

    /// Forgets every session, as a media shard does that is started again with its switch.
    mutating func restart() {
        ports = [:]
        lastAnswer = [:]
    }

    /// What the media shard reports about a command, and when.
    public mutating func obey(_ command: MediaCommand, at now: Instant) -> (event: MediaEvent, at: Instant)? {
        switch command {
        case .open(let id, let streams, _, _): return open(id, streams, at: now)
        case .openParty(let id, _): return open(id, 1, at: now)
        case .party(let id, .connect(let job, let other)):
            let isOpen = ports[id] != nil && ports[other] != nil
            return (.party(id, isOpen ? .connected(job) : .refused(job, .noSuchParty)), answerInstant(of: id, now))
        case .update, .party: return nil
        case .supervise(let id, let side, let isOn):
            guard isOn, happens(behaviour.silentPerMille) else { return nil }
            return (.silent(id, side), now + behaviour.silenceAfter)
        case .close(let id):
            let at = answerInstant(of: id, now)
            ports[id] = nil
            lastAnswer[id] = nil
            return (.closed(id, caller: MediaStatistics(packets: 50), callee: MediaStatistics(packets: 50)), at)
        }
    }

    private mutating func open(_ id: MediaSessionID, _ streams: Int, at now: Instant) -> (
        event: MediaEvent, at: Instant
    ) {
        let at = answerInstant(of: id, now)
        if happens(behaviour.failingPerMille) { return (.openFailed(id), at) }
        var session = ports[id] ?? ([], [])
        while session.caller.count < streams {
            session.caller.append(freePort())
            session.callee.append(freePort())
        }
        ports[id] = session
        return (.opened(id, callerPorts: session.caller, calleePorts: session.callee), at)
    }

    private mutating func answerInstant(of id: MediaSessionID, _ now: Instant) -> Instant {
        let at = max(now + dice.duration(in: .zero...behaviour.delay), lastAnswer[id] ?? .zero)
        lastAnswer[id] = at
        return at
    }

    private mutating func freePort() -> UInt16 {
        nextPort = nextPort >= 60_000 ? 30_000 : nextPort + 2
        return nextPort
    }

    private mutating func happens(_ perMille: Int) -> Bool {
        perMille > 0 && dice.next() % 1000 < UInt64(perMille)
    }
}
