import Audio
import CallControl
import MediaSessions
import SwitchEngine
import Timeline

/// The applications' side of a simulated switch: it gives every call for an application a run, which follows its script.
struct SimulatedHost: Sendable {
    /// One execution of an application.
    struct Run: Sendable {
        /// The number of the plan's call that it belongs to.
        let plan: Int
        let script: ApplicationScript
        /// The primary channel and the extra ones.
        let channels: [ChannelID]
        /// Those that it has given back.
        var closed: Set<ChannelID> = []
        /// The verb that was performed last on each channel.
        var last: [ChannelID: VerbID] = [:]
        /// Whether its script has ended.
        var isOver = false
        /// Whether it has seen that its call is over.
        var hasNoticed = false
    }

    /// The account that pays for the calls of applications.
    static let account = SimulatedSwitch.AccountID.trusted
    private static let firstOwnChannel: UInt64 = 1 << 62

    /// Every run since the switch was started last, in the order of their beginnings.
    private(set) var runs: [Run] = []
    private var primaries: [ChannelID: Int] = [:]
    private var lastChannel: UInt64 = 0
    private var lastVerb: UInt64 = 0
    private var lastJob: UInt64 = 0
    private let scripts: [Int: ApplicationScript]

    /// A host without runs; the calls of `plan` that name an application bring their scripts.
    init(plan: SimulationPlan) {
        scripts = Dictionary(
            uniqueKeysWithValues: plan.calls.enumerated().compactMap { index, call in
                call.application.map { (index, $0) }
            })
    }

    /// The switch and its applications have been killed: their runs are gone.
    mutating func restarted() {
        for position in runs.indices { runs[position].isOver = true }
        primaries = [:]
    }

    /// A call came in, or, without `offered`, a run is started from outside. The result is the run's position and when
    /// its first step is due.
    mutating func begin(_ plan: Int, offered: ChannelID?, into commands: inout [ChannelCommand]) -> Int? {
        guard let script = scripts[plan] else { return nil }
        var channels: [ChannelID] = []
        if let offered { channels.append(offered) }
        while channels.count < ApplicationScript.extraChannels + 1 {
            lastChannel += 1
            let id = ChannelID(rawValue: Self.firstOwnChannel + lastChannel)
            channels.append(id)
            commands.append(.open(id, account: Self.account))
        }
        primaries[channels[0]] = runs.count
        runs.append(Run(plan: plan, script: script, channels: channels))
        return runs.count - 1
    }

    /// The run whose primary channel this is.
    func run(of channel: ChannelID) -> Int? { primaries[channel] }

    /// Does a step of a run, or, after the last one, closes what is open. The result is how long after it the next is due.
    mutating func proceed(_ position: Int, step: Int, into commands: inout [ChannelCommand]) -> Duration? {
        let script = runs[position].script
        guard !runs[position].isOver else { return nil }
        guard step < script.steps.count else {
            end(position, into: &commands)
            return nil
        }
        act(script.steps[step], position, &commands)
        return step + 1 < script.steps.count ? script.steps[step + 1].after : script.returnsAfter
    }

    /// The primary call of a run is gone: what it waits for is given up. The result is when it returns.
    mutating func notice(_ position: Int, into commands: inout [ChannelCommand]) -> Duration? {
        guard !runs[position].isOver, !runs[position].hasNoticed, let after = runs[position].script.notices else {
            return nil
        }
        runs[position].hasNoticed = true
        for channel in runs[position].channels {
            if let verb = runs[position].last[channel] { commands.append(.abandon(channel, verb)) }
        }
        return after
    }

    /// The run returns: its channels are closed.
    mutating func end(_ position: Int, into commands: inout [ChannelCommand]) {
        guard !runs[position].isOver else { return }
        runs[position].isOver = true
        for channel in runs[position].channels where !runs[position].closed.contains(channel) {
            commands.append(.close(channel))
        }
    }

    // MARK: Actions

    private mutating func act(
        _ step: ApplicationScript.Step, _ position: Int, _ commands: inout [ChannelCommand]
    ) {
        let channels = runs[position].channels
        let channel = channels[step.channel]
        func peer(_ index: Int) -> ChannelPeer { ChannelPeer(id: channels[index], state: .idle, isAudioTaken: false) }
        var arguments = ChannelArguments()
        let verb: ChannelVerb
        switch step.action {
        case .ring(let isEarly, let time): verb = .ring(withEarlyMedia: isEarly, for: time)
        case .answer: verb = .answer
        case .reject(let cause, let raw): verb = .reject(cause, raw: raw)
        case .hangUp: verb = .hangUp
        case .call(let plan, let timeout):
            arguments.callTo = CalledNumber.bytes(of: plan)
            verb = .call(timeout: timeout)
        case .startCall(let plan):
            arguments.callTo = CalledNumber.bytes(of: plan)
            verb = .startCall
        case .waitForAnswer(let timeout): verb = .waitForAnswer(timeout: timeout)
        case .waitForIdle(let timeout): verb = .waitForIdle(timeout: timeout)
        case .connect(let other): verb = .connect(peer(other))
        case .disconnect: verb = .disconnect
        case .hold: verb = .hold
        case .resume: verb = .resume
        case .transfer(let plan, let other, let timeout):
            arguments.callTo = CalledNumber.bytes(of: plan)
            verb = .transfer(peer(other), timeout: timeout)
        case .retrieve: verb = .retrieve
        case .waitForRetrieval(let timeout): verb = .waitForRetrieval(timeout: timeout)
        case .media(.join):
            lastJob += 1
            let visit = ConferenceVisit(ConferenceName("\(position % 2)"))
            return commands.append(.enter(channel, MediaJobID(rawValue: lastJob), visit))
        case .media(let action):
            lastJob += 1
            return commands.append(.media(channel, action.command(MediaJobID(rawValue: lastJob), run: position)))
        case .abandon:
            guard let last = runs[position].last[channel] else { return }
            return commands.append(.abandon(channel, last))
        case .close:
            guard runs[position].closed.insert(channel).inserted else { return }
            return commands.append(.close(channel))
        }
        lastVerb += 1
        let id = VerbID(rawValue: lastVerb)
        runs[position].last[channel] = id
        commands.append(.perform(channel, id, verb, arguments))
    }
}

extension ApplicationScript.MediaAction {
    private static let clip = AudioClip(.once(900, for: .milliseconds(300)))

    /// What it asks of a party.
    func command(_ job: MediaJobID, run: Int) -> PartyCommand {
        switch self {
        case .playTone: .playTone(job, .once(700, for: .milliseconds(250)), timeout: nil, .application)
        case .playClip: .play(job, FilePlayer.Job([Self.clip], bargeIn: .anyDigit), .application)
        case .playEndlessly: .playTone(job, .continuous(440), timeout: .seconds(3), .application)
        case .playDigits: .playDigits(job, Array("12#".utf8))
        case .collect:
            .collect(job, DigitRequest(count: 2, predigitsTimeout: .seconds(1), interdigitTimeout: .milliseconds(400)))
        case .record: .record(job, RecordingOptions(timeout: .seconds(1)), beep: nil)
        case .recordCall: .recordCall(job, RecordingOptions(timeout: .seconds(2)), .mixed)
        case .stopTone: .stop(.tonePlayer)
        case .stopFile: .stop(.filePlayer)
        case .echo: .echo(job)
        case .endEcho: .disconnect
        case .join: .join(job, RoomID(rawValue: UInt64(run % 2)), RoomTerms())
        case .leave: .leave
        case .watch: .watchActivity(isOn: true)
        case .classify: .classify(job, .answerDetect, timeout: .seconds(1))
        case .waitForMachine: .waitForAnswerMachine(job, AnswerMachineWait.Settings())
        }
    }
}
