import CallControl
import MediaSessions
import SwitchEngine
import Timeline

/// What happens between the switch and its applications.
extension Simulation {
    /// What the media shard reports reaches the switch when its time has come.
    mutating func hear(_ reports: [SimulatedMedia.Report]) {
        for report in reports { queue.push(.media(report.event, life: life), at: report.at) }
    }

    /// The applications' side hears of something.
    mutating func tell(_ notice: ChannelNotice) {
        if case .offered(let id, _, let report) = notice {
            guard let plan = CallCheck.planned(report.details.callTo) else { return }
            note("an application is offered call", UInt64(plan))
            checks.channels.offered(id, report.state, plan: plan, &checks.context)
            return beginRun(plan, offered: id)
        }
        checks.channels.told(notice, &checks.context)
        switch notice {
        case .completed(_, let verb, _): note("completed: verb", verb.rawValue)
        case .changed(let id, let report) where report.state == .idle:
            guard let run = host.run(of: id) else { return }
            var commands: [ChannelCommand] = []
            let after = host.notice(run, into: &commands)
            submit(commands, run)
            if let after { queue.push(.applicationReturns(run: run, life: life), at: now + after) }
        default: break
        }
    }

    mutating func beginRun(_ plan: Int, offered: ChannelID?) {
        var commands: [ChannelCommand] = []
        guard let run = host.begin(plan, offered: offered, into: &commands) else { return }
        submit(commands, run)
        let first = self.plan.calls[plan].application?.steps.first?.after ?? .zero
        queue.push(.applicationStep(run: run, step: 0, life: life), at: now + first)
    }

    mutating func proceed(run: Int, step: Int) {
        var commands: [ChannelCommand] = []
        let next = host.proceed(run, step: step, into: &commands)
        submit(commands, run)
        if let next { queue.push(.applicationStep(run: run, step: step + 1, life: life), at: now + next) }
    }

    mutating func endRun(_ run: Int) {
        var commands: [ChannelCommand] = []
        host.end(run, into: &commands)
        submit(commands, run)
    }

    private mutating func submit(_ commands: [ChannelCommand], _ run: Int) {
        for command in commands {
            let plan = host.runs[run].plan
            if case .perform(_, let verb, let name, _) = command {
                log.add(name.name, verb.rawValue, step: checks.context.step, at: now, call: plan)
            }
            if case .media(_, let command) = command {
                log.add(command.name, command.job?.rawValue ?? 0, step: checks.context.step, at: now, call: plan)
            }
            checks.channels.asked(command, plan: plan)
            if sabotage == .deafToClosing, case .close = command { continue }
            give(.channel(command))
        }
    }
}

extension PartyCommand {
    /// What a ladder calls it.
    fileprivate var name: StaticString {
        switch self {
        case .playTone: "play a tone: job"
        case .play: "play a clip: job"
        case .playDigits: "play digits: job"
        case .collect: "collect digits: job"
        case .record: "record: job"
        case .recordCall: "record the call: job"
        case .echo: "echo: job"
        case .join: "join a conference: job"
        case .classify: "classify: job"
        case .waitForAnswerMachine: "wait for a machine: job"
        default: "asked of its media"
        }
    }
}
