import Accounting
import CallControl
import SIPMessages
import SwitchEngine
import Timeline

/// Judges the lives of calls by the events, records and listings of the switch.
struct CallCheck: Sendable {
    private struct Life: Sendable {
        var state = CallState.idle
        var connected: Instant?
        var disconnecting: Instant?
        var records = 0
        var account = 0
        var plan: Int?
    }

    /// How long a call waits for its media.
    private static let mediaClosing: Duration = .seconds(1)

    private var lives: [UInt64: Life] = [:]
    private var hasEvents = false
    private var recordIDs: Set<UInt64> = []
    private var recordsByCallID: [[UInt8]: Int] = [:]
    /// When the switch first sent a 2xx to a caller's INVITE, by Call-ID.
    private var answers: [[UInt8]: Instant] = [:]
    /// Calls whose caller heard that its INVITE is being handled, by Call-ID.
    private var admitted: [[UInt8]: Int?] = [:]

    /// The switch has sent a message to a phone.
    mutating func sent(_ message: SIPMessage, _ call: Int?, _ context: inout CheckContext) {
        guard let status = message.status, message.method == .invite else { return }
        let callID = message.copy(message.callID)
        guard ByteSearch.contains("9.c", in: callID) else { return }
        if status == .trying && message.to.tag == nil { admitted[callID] = call }
        if status.isSuccess && answers[callID] == nil { answers[callID] = context.now }
    }

    /// The switch has crashed: its calls of before are no calls of the one that was started again, their records stay.
    mutating func restarted() {
        let ids = recordIDs
        self = CallCheck()
        recordIDs = ids
    }

    mutating func event(_ event: CallEvent, _ context: inout CheckContext) {
        hasEvents = true
        if lives[event.call] == nil && context.isDraining {
            context.violate(.drainingTakesNoCalls, "a call began while the switch drained", call: nil)
        }
        var life = lives[event.call] ?? Life()
        if !Self.isLegal(life.state, event.state) {
            context.violate(.legalStateOrder, "\(event.state.name) follows \(life.state.name)", call: life.plan)
        }
        life.state = event.state
        switch event.state {
        case .connected: life.connected = context.now
        case .disconnecting: life.disconnecting = context.now
        case .dead:
            if let since = life.disconnecting, context.now - since > .seconds(65) {
                context.violate(
                    .legsEndTogether, "call \(event.call) took \((context.now - since).inSeconds) s to end",
                    call: life.plan)
            }
        case .idle, .waitAuth, .waitRoute, .arComplete: break
        }
        lives[event.call] = life
    }

    private static func isLegal(_ old: CallState, _ new: CallState) -> Bool {
        switch (old, new) {
        case (.idle, .waitAuth), (.waitAuth, .waitRoute), (.waitRoute, .arComplete), (.waitRoute, .disconnecting),
            (.arComplete, .connected), (.arComplete, .disconnecting), (.connected, .disconnecting),
            (.disconnecting, .dead):
            true
        default: false
        }
    }

    mutating func record(_ record: CallDetailRecord, _ context: inout CheckContext) {
        recordsByCallID[record.callerCallID, default: 0] += 1
        if !recordIDs.insert(record.id).inserted {
            context.violate(.oneRecordPerCall, "record \(record.id) was written twice", call: lives[record.call]?.plan)
        }
        guard var life = lives[record.call] else {
            return context.violate(.oneRecordPerCall, "there is a record of no call", call: nil)
        }
        life.records += 1
        lives[record.call] = life
        if let since = life.disconnecting, context.now - since > CallCheck.mediaClosing {
            let late = (context.now - since).inSeconds
            context.violate(
                .recordsComeAtOnce, "call \(record.call) was recorded \(late) s after its end", call: life.plan)
        }
        if record.times.answer != life.connected || record.times.end != life.disconnecting {
            context.violate(.durationIsAnswerToEnd, "answer or end are not when the events were", call: life.plan)
        }
        if record.origin == .inbound, let answer = record.times.answer, answers[record.callerCallID] != answer,
            context.plan.hostileMessages == 0
        {
            context.violate(.durationIsAnswerToEnd, "the answer is not when the caller got its 200", call: life.plan)
        }
        let expected = record.times.answer.map { record.times.end - $0 } ?? .zero
        if record.duration != expected || record.duration < .zero {
            context.violate(.durationIsAnswerToEnd, "the duration is \(record.duration.inSeconds) s", call: life.plan)
        }
    }

    mutating func stepEnded(_ core: SwitchCore, _ context: inout CheckContext) {
        guard hasEvents, lives.count < 32 || context.step % 256 == 0 else { return }
        hasEvents = false
        let listing = core.listing(at: context.now)
        var alive = 0
        var limited = 0
        for row in listing where row.account != 0 {
            if lives[row.id]?.state != row.state {
                context.violate(
                    .listingMatchesCalls, "call \(row.id) is listed as \(row.state.name)", call: lives[row.id]?.plan)
            }
            if lives[row.id]?.plan == nil { lives[row.id]?.plan = CallCheck.planned(row.cld) }
            if row.state != .dead { alive += 1 }
            let isUnderWay = row.state == .arComplete || row.state == .connected
            if row.account == SimulatedSwitch.AccountID.limited && isUnderWay { limited += 1 }
        }
        checkCounters(listing, core, &context)
        if limited > context.plan.sessionLimit {
            context.violate(
                .limitsHold, "\(limited) calls of an account that may have \(context.plan.sessionLimit)", call: nil)
        }
        let expected = lives.values.reduce(0) { $0 + ($1.state == .dead ? 0 : 1) }
        if alive != expected {
            context.violate(.listingMatchesCalls, "\(alive) calls are listed and \(expected) live", call: nil)
        }
    }

    /// The call of the plan whose number was dialled.
    static func planned(_ number: [UInt8]) -> Int? {
        Int(String(decoding: number, as: UTF8.self)).map { $0 - 900_000 }
    }

    func worldEnded(_ context: inout CheckContext) {
        for (number, life) in lives where life.records != 1 {
            context.violate(.oneRecordPerCall, "call \(number) left \(life.records) records", call: life.plan)
        }
        for (callID, call) in admitted where recordsByCallID[callID] != 1 && context.plan.hostileMessages == 0 {
            context.violate(
                .oneRecordPerCall, "an INVITE that was let in left \(recordsByCallID[callID] ?? 0) records", call: call)
        }
        for (number, life) in lives where life.state != .dead {
            context.violate(.legalStateOrder, "call \(number) ended as \(life.state.name)", call: life.plan)
        }
    }
}
