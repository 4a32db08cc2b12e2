import MediaSessions
import Timeline

/// A media shard: it hands out ports, reports silence and closes, late or not at all. Relayed sessions carry nothing; the
/// parties of applications have the real machine of their audio, and far ends that send back what they hear.
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

        /// Of a thousand packets that a party hears, how many its far end does not send back.
        public var lostPacketsPerMille = 20

        public init() {}
    }

    /// Something that the shard reports, and when the switch hears of it.
    public struct Report: Sendable {
        public var event: MediaEvent
        public var at: Instant
    }

    private var core: MediaCore
    private var output = MediaOutput()
    private let seed: UInt64
    private let behaviour: Behaviour
    private var dice: IdentifierSource
    private var nextPort: UInt16 = 30_000
    private var ports: [MediaSessionID: (caller: [UInt16], callee: [UInt16])] = [:]
    /// The last answer of a session; a later one never overtakes it.
    private var lastAnswer: [MediaSessionID: Instant] = [:]

    public init(_ behaviour: Behaviour, seed: UInt64) {
        self.behaviour = behaviour
        self.seed = seed
        core = MediaCore(seed: seed)
        dice = IdentifierSource(seed: seed)
    }

    /// Forgets every session, as a media shard does that is started again with its switch.
    mutating func restart() {
        ports = [:]
        lastAnswer = [:]
        core = MediaCore(seed: seed &+ 1)
        output.removeAll()
    }

    /// When `timeElapsed` must be called next; nil without parties.
    public var nextDeadline: Instant? { core.nextDeadline }

    /// Lets every party send and hear what its time has come for.
    public mutating func timeElapsed(at now: Instant) -> [Report] {
        core.timeElapsed(at: now, into: &output)
        return reports(at: now)
    }

    /// What the media shard reports about a command, and when.
    public mutating func obey(_ command: MediaCommand, at now: Instant) -> [Report] {
        switch command {
        case .open(let id, let streams, _, _): return [open(id, streams, at: now)]
        case .openParty(let id, _):
            let report = open(id, 1, at: now)
            if ports[id] != nil { core.open(id, at: now, into: &output) }
            return [report] + reports(at: now)
        case .party(let id, let command):
            core.receive(command, for: id, at: now, into: &output)
            return reports(at: now)
        case .room(let id, let command):
            core.receive(command, for: id, at: now, into: &output)
            return reports(at: now)
        case .update: return []
        case .supervise(let id, let side, let isOn):
            guard isOn, happens(behaviour.silentPerMille) else { return [] }
            return [Report(event: .silent(id, side), at: now + behaviour.silenceAfter)]
        case .close(let id):
            core.receive(.close, for: id, at: now, into: &output)
            let last = reports(at: now)
            let at = answerInstant(of: id, now)
            ports[id] = nil
            lastAnswer[id] = nil
            let statistics = MediaStatistics(packets: 50)
            return last + [Report(event: .closed(id, caller: statistics, callee: statistics), at: at)]
        }
    }

    /// What the parties report; their far ends send back what they were sent.
    private mutating func reports(at now: Instant) -> [Report] {
        var current = MediaOutput()
        swap(&current, &output)
        for datagram in current.datagrams where datagram.component == .rtp && !happens(behaviour.lostPacketsPerMille) {
            var bytes = current.payload(of: datagram)
            guard bytes.count > 12 else { continue }
            bytes[8] ^= 0xFF
            bytes.withUnsafeBytes {
                core.receive($0, from: datagram.destination, .rtp, for: datagram.party, at: now, into: &output)
            }
        }
        let events = current.events + output.events
        let rooms = current.roomEvents + output.roomEvents
        output.removeAll()
        let heard = rooms.map { Report(event: .room($0, $1), at: now) }
        return heard
            + events.compactMap { party, event in
                if case .closed = event { return nil }
                return Report(event: .party(party, event), at: answerInstant(of: party, now))
            }
    }

    private mutating func open(_ id: MediaSessionID, _ streams: Int, at now: Instant) -> Report {
        let at = answerInstant(of: id, now)
        if happens(behaviour.failingPerMille) { return Report(event: .openFailed(id), at: at) }
        var session = ports[id] ?? ([], [])
        while session.caller.count < streams {
            session.caller.append(freePort())
            session.callee.append(freePort())
        }
        ports[id] = session
        return Report(event: .opened(id, callerPorts: session.caller, calleePorts: session.callee), at: at)
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
