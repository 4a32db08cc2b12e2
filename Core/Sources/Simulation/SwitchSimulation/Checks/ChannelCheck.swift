import CallControl
import MediaSessions
import SwitchEngine

/// Judges what the applications' side is told of its channels.
struct ChannelCheck: Sendable {
    private struct Life: Sendable {
        var state: ChannelState
        /// What its audio is joined with, as it was told.
        var connectedTo: ChannelID?
        /// The call of the plan that it was made for.
        var plan: Int
        var isClosed = false
    }

    private struct Asked: Sendable {
        var channel: ChannelID
        var outcomes = 0
    }

    private var channels: [ChannelID: Life] = [:]
    private var verbs: [VerbID: Asked] = [:]
    private var jobs: [MediaJobID: Asked] = [:]

    /// An inbound channel was offered for the call of the plan.
    mutating func offered(_ id: ChannelID, _ state: ChannelState, plan: Int, _ context: inout CheckContext) {
        if channels[id] != nil { context.violate(.legalChannelStates, "a channel was offered twice", call: plan) }
        if state != .callIncoming {
            context.violate(.legalChannelStates, "a channel was offered as \(state.name)", call: plan)
        }
        channels[id] = Life(state: state, plan: plan)
    }

    /// The applications' side has asked for something.
    mutating func asked(_ command: ChannelCommand, plan: Int) {
        switch command {
        case .open(let id, _): channels[id] = Life(state: .idle, plan: plan)
        case .perform(let id, let verb, _, _): verbs[verb] = Asked(channel: id)
        case .media(let id, let command): if let job = command.job { jobs[job] = Asked(channel: id) }
        case .enter(let id, let job, _): jobs[job] = Asked(channel: id)
        case .close(let id): channels[id]?.isClosed = true
        default: break
        }
    }

    /// The switch has told something.
    mutating func told(_ notice: ChannelNotice, _ context: inout CheckContext) {
        switch notice {
        case .changed(let id, let report): changed(id, report, &context)
        case .completed(let id, let verb, _):
            verbs[verb]?.outcomes += 1
            if verbs[verb]?.channel != id || verbs[verb]?.outcomes != 1 {
                context.violate(
                    .verbsHaveOneOutcome, "outcome \(verbs[verb]?.outcomes ?? 0) of verb \(verb.rawValue)",
                    call: channels[id]?.plan)
            }
        case .media(let id, let event):
            guard let job = event.endedJob else { return }
            jobs[job]?.outcomes += 1
            if jobs[job]?.channel != id || jobs[job]?.outcomes != 1 {
                context.violate(
                    .jobsEndOnce, "end \(jobs[job]?.outcomes ?? 0) of job \(job.rawValue)", call: channels[id]?.plan)
            }
        default: break
        }
    }

    private mutating func changed(_ id: ChannelID, _ report: ChannelReport, _ context: inout CheckContext) {
        guard let life = channels[id] else {
            return context.violate(.legalChannelStates, "an unknown channel changed", call: nil)
        }
        // Whom it is connected to changes without its state.
        let isOtherwiseConnected = life.state == report.state && life.connectedTo != report.connectedTo
        if !isOtherwiseConnected, !Self.isLegal(life.state, report.state) {
            context.violate(
                .legalChannelStates, "\(report.state.name) follows \(life.state.name)", call: life.plan)
        }
        if report.state != .idle && report.cause != .normal {
            context.violate(.legalChannelStates, "a call that goes on has a cause", call: life.plan)
        }
        channels[id]?.state = report.state
        channels[id]?.connectedTo = report.connectedTo
    }

    /// The arrows of the call-channel interface, §2.2.
    private static func isLegal(_ old: ChannelState, _ new: ChannelState) -> Bool {
        switch (old, new) {
        case (.callIncoming, .callIncoming), (.callIncoming, .ringIncoming), (.ringIncoming, .ringIncoming),
            (.callIncoming, .answering),
            (.ringIncoming, .answering), (.callIncoming, .error), (.ringIncoming, .error), (.answered, .error),
            (.holding, .error), (.onHold, .error), (.transferring, .error), (.transferred, .error), (.error, .error),
            (.answering, .answered), (.idle, .callOutgoing), (.callOutgoing, .ringOutgoing),
            (.callOutgoing, .answered), (.ringOutgoing, .answered), (.answered, .holding), (.holding, .onHold),
            (.holding, .answered), (.onHold, .answered), (.answered, .transferring), (.transferring, .transferred),
            (.transferring, .answered), (.transferred, .reconnecting), (.reconnecting, .answered):
            true
        case (let old, .idle): old != .idle
        default: false
        }
    }

    func worldEnded(_ core: SwitchCore, _ context: inout CheckContext) {
        for (verb, asked) in verbs where asked.outcomes == 0 {
            context.violate(
                .verbsHaveOneOutcome, "verb \(verb.rawValue) was never completed", call: channels[asked.channel]?.plan)
        }
        for (job, asked) in jobs where asked.outcomes == 0 {
            context.violate(.jobsEndOnce, "job \(job.rawValue) never ended", call: channels[asked.channel]?.plan)
        }
        for (id, life) in channels where life.isClosed && life.state != .idle {
            context.violate(.channelsEndIdle, "channel \(id.rawValue) is left \(life.state.name)", call: life.plan)
        }
        if core.channelCount > 0 {
            context.violate(.channelsEndIdle, "\(core.channelCount) channels are not forgotten", call: nil)
        }
        if core.heldTicketCount > 0 {
            context.violate(.ticketsAreGivenBack, "\(core.heldTicketCount) tickets are held for ever", call: nil)
        }
        if core.admittedCount != 0 {
            context.violate(.ticketsAreGivenBack, "limits count \(core.admittedCount) for ever", call: nil)
        }
    }
}

extension PartyEvent {
    /// The job whose one end, or one answer, this is.
    var endedJob: MediaJobID? {
        switch self {
        case .refused(let job, _), .played(let job, _), .tonePlayed(let job, _), .digitsPlayed(let job, _),
            .collected(let job, _, _), .recorded(let job, _, _, _), .callRecorded(let job, _, _, _),
            .classified(let job, _), .answerMachine(let job, _), .connected(let job), .joined(let job, _):
            job
        default: nil
        }
    }
}
