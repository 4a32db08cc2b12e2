import Addresses
import SIPMessages
import SIPUserAgent
import Timeline

/// One party's side of one call, written from RFC 3261 on its own, so that it shares no bug with the switch: it repeats
/// what is not answered, answers what is repeated, acknowledges every 2xx, and follows its script.
public struct ScriptedDialog: Sendable {
    /// How far the call is, as this party knows.
    public enum Phase: UInt8, Sendable { case idle, inviting, ringing, answered, leaving, ended }

    /// What the script does when its time has come.
    enum Step: Sendable {
        case cancel, hangUp, inform, vanish
        case change(CallConduct.Change)
        case ring, reply
        /// Answer the re-INVITE with this number.
        case decide(UInt32)
    }

    struct Appointment: Sendable {
        var instant: Instant
        var step: Step
    }

    public internal(set) var phase = Phase.idle
    /// Whether it has seen or sent a 2xx to the first INVITE.
    public internal(set) var wasAnswered = false
    /// Whether it has crashed: nothing comes from it any more.
    public internal(set) var hasVanished = false
    /// The final answer to a caller's INVITE.
    public internal(set) var finalStatus: StatusCode?
    var conduct: CallConduct
    var identity: DialogIdentity
    var sent: [SentRequest] = []
    var received: [ReceivedRequest] = []
    var agenda: [Appointment] = []
    var session: ScriptedSession
    var dice: IdentifierSource
    /// When the world will wake it.
    var wake: Instant?
    /// What it wants to send; the owner takes it away.
    var outbox: [[UInt8]] = []
    /// What is its own of a caller or a callee.
    var role: Role

    enum Role: Sendable {
        case caller(CallerState)
        case callee(CalleeState)
    }

    init(identity: DialogIdentity, session: ScriptedSession, conduct: CallConduct, role: Role, seed: UInt64) {
        self.identity = identity
        self.session = session
        self.conduct = conduct
        self.role = role
        dice = IdentifierSource(seed: seed)
    }

    /// The earliest instant at which `timeElapsed` has something to do.
    var nextDeadline: Instant? {
        if hasVanished { return nil }
        var earliest = Instant.distantFuture
        for appointment in agenda { earliest = min(earliest, appointment.instant) }
        for request in sent { if let deadline = request.nextDeadline { earliest = min(earliest, deadline) } }
        for request in received { if let deadline = request.nextDeadline { earliest = min(earliest, deadline) } }
        return earliest == .distantFuture ? nil : earliest
    }

    /// When the world has to wake it, unless it will do so anyway.
    mutating func wakeToSchedule(_ now: Instant) -> Instant? {
        guard let deadline = nextDeadline else { return nil }
        if let wake, wake <= deadline, wake > now { return nil }
        wake = max(deadline, now)
        return wake
    }

    mutating func receive(_ message: SIPMessage, at now: Instant) {
        if hasVanished { return }
        if message.isRequest { receiveRequest(message, now) } else { receiveResponse(message, now) }
    }

    mutating func timeElapsed(at now: Instant) {
        if hasVanished { return }
        while let due = agenda.indices.first(where: { agenda[$0].instant <= now }) {
            perform(agenda.remove(at: due).step, now)
            if hasVanished { return }
        }
        for position in sent.indices {
            if let giveUp = sent[position].giveUp, giveUp <= now {
                sent[position].abandon()
                gaveUp(sent[position], now)
            } else if sent[position].isDue(at: now) {
                outbox.append(sent[position].bytes)
            }
        }
        for position in received.indices {
            if let giveUp = received[position].giveUp, giveUp <= now {
                received[position].nextSend = nil
                received[position].giveUp = nil
                if received[position].status?.isSuccess == true { hangUp(now) }
            } else if received[position].isDue(at: now), let response = received[position].response {
                outbox.append(response)
            }
        }
    }

    mutating func appoint(_ step: Step, _ instant: Instant) {
        agenda.append(Appointment(instant: instant, step: step))
    }

    private mutating func perform(_ step: Step, _ now: Instant) {
        switch step {
        case .cancel: cancel(now)
        case .hangUp: hangUpWhenAllowed(now)
        case .inform: inform(now)
        case .vanish:
            hasVanished = true
            agenda = []
        case .change(let change): renegotiate(change, now)
        case .ring: ring(now)
        case .reply: reply(now)
        case .decide(let number): decide(number, now)
        }
    }

    /// The call is answered: what the script does in it begins.
    mutating func begin(_ now: Instant) {
        phase = .answered
        wasAnswered = true
        if let after = conduct.hangsUpAfter { appoint(.hangUp, now + after) }
        if let after = conduct.informsAfter { appoint(.inform, now + after) }
        for renegotiation in conduct.renegotiations {
            appoint(.change(renegotiation.change), now + renegotiation.after)
        }
    }

    /// The call is over for this party; it still answers what is repeated.
    mutating func finish() {
        phase = .ended
        agenda = []
        for position in sent.indices where sent[position].method == .invite && sent[position].isPending {
            sent[position].abandon()
        }
    }

    /// A callee may not say BYE before its answer is acknowledged (RFC 3261 §15), nor anybody over an open re-INVITE here.
    private mutating func hangUpWhenAllowed(_ now: Instant) {
        guard phase == .answered else { return }
        let waits = received.contains { $0.method == .invite && $0.status?.isSuccess == true && $0.giveUp != nil }
        if waits { return appoint(.hangUp, now + .milliseconds(200)) }
        hangUp(now)
    }

    mutating func hangUp(_ now: Instant) {
        guard phase == .answered else { return }
        agenda = []
        phase = .leaving
        for position in received.indices where received[position].isPendingInvitation {
            respond(position, .requestTerminated, nil, now)
        }
        send(.bye, body: [], now)
    }

    private mutating func inform(_ now: Instant) {
        if phase == .answered { send(.info, body: Array("Signal=5\r\n".utf8), now) }
    }

    private mutating func gaveUp(_ request: SentRequest, _ now: Instant) {
        switch request.method {
        case .bye: finish()
        case .invite where phase == .inviting: finish()
        case .invite: hangUp(now)
        case .cancel where phase == .inviting: finish()
        default: break
        }
    }
}

/// What a caller remembers beside its dialog.
struct CallerState: Sendable {
    var script: CallerScript
    var wantsToCancel = false
    var hasTriedCredentials = false
    var account: AccountSecret?
}

/// What a callee remembers beside its dialog.
struct CalleeState: Sendable {
    var script: CalleeScript
    /// The nonce of its challenge, once sent.
    var nonce: [UInt8]?
    var secret: AccountSecret
    /// Whether its owner is to make the second device now.
    var wantsFork = false
}

/// User name and password, and the hash to prove them with.
struct AccountSecret: Sendable {
    var username: [UInt8]
    var password: [UInt8]
    var functions: DigestFunctions
}
