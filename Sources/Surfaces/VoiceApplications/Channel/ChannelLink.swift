import CallControl
import MediaSessions
import SwitchEngine
import Synchronization

/// The applications' end of one channel: what was last heard of it, and the verbs that wait.
final class ChannelLink: Sendable {
    private struct Shared {
        var report: ChannelReport
        var waiting: [VerbID: CheckedContinuation<VerbOutcome?, Never>] = [:]
        var lastVerb: UInt64 = 0
        var jobs: [MediaJobID: CheckedContinuation<PartyEvent?, Never>] = [:]
        var lastJob: UInt64 = 0
        var files: [MediaJobID: RecordingFile] = [:]
        var functions = MediaFunctions()
        var isStopped = false
        /// Whether the application itself has asked for the end of the call.
        var endsCall = false
        var visit = ConferencePresence()
        var streams: [UInt64: AsyncThrowingStream<CallChannel.Event, any Error>.Continuation] = [:]
        var lastStream: UInt64 = 0
        /// The streams that the application reads.
        var readers: Set<UInt64> = []
    }

    let id: ChannelID
    /// Whose conference rooms it enters.
    let owner: String
    private let port: any ChannelPort
    private let shared: Mutex<Shared>

    init(_ id: ChannelID, _ report: ChannelReport, owner: String = "", port: any ChannelPort) {
        self.id = id
        self.owner = owner
        self.port = port
        shared = Mutex(Shared(report: report))
    }

    /// The channel as it was last heard of.
    var report: ChannelReport { shared.withLock { $0.report } }

    // What suspends has a frame of its own each: inlined, the frames of every verb of an application would lie in that of
    // its entry as long as it runs.

    /// Performs a verb and waits for its outcome; nil when the switch has stopped. A task that is cancelled meanwhile
    /// gives up what the verb began, and gets what came of that.
    @inline(never)
    func perform(_ verb: ChannelVerb, _ arguments: ChannelArguments) async -> VerbOutcome? {
        let number = shared.withLock { shared -> UInt64 in
            switch verb {
            case .hangUp, .reject: shared.endsCall = true
            case .call, .startCall: shared.endsCall = false
            default: break
            }
            shared.lastVerb += 1
            return shared.lastVerb
        }
        let id = VerbID(rawValue: number)
        return await wait(
            for: .perform(self.id, id, verb, arguments), givingUp: .abandon(self.id, id),
            while: { $0.waiting[id] != nil }, { $0.waiting[id] = $1 })
    }

    /// Sends a command and waits for what comes of it; nil when the switch has stopped. `keep` puts the continuation where
    /// it will be found; a task that is cancelled sends `abandonment` while that is still there.
    @inline(never)
    private func wait<Answer: Sendable>(
        for command: ChannelCommand, givingUp abandonment: ChannelCommand?,
        while isWaiting: @escaping @Sendable (Shared) -> Bool,
        _ keep: (inout Shared, CheckedContinuation<Answer?, Never>) -> Void
    ) async -> Answer? {
        // A call that has ended cancels its run with everything answered: then there is nobody to wake the shard for.
        let giveUp: @Sendable () -> Void = { [self] in
            guard let abandonment, shared.withLock({ isWaiting($0) }) else { return }
            port.submit([abandonment])
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isStopped = shared.withLock { shared in
                    if !shared.isStopped { keep(&shared, continuation) }
                    return shared.isStopped
                }
                if isStopped { return continuation.resume(returning: nil) }
                port.submit([command])
                // A cancellation that came before the command was sent found nothing to give up.
                if Task.isCancelled { giveUp() }
            }
        } onCancel: {
            giveUp()
        }
    }

    /// Takes note of a new report and tells the readers of events. Returns what it means for the run.
    @discardableResult
    func changed(_ report: ChannelReport) -> CallEnd? {
        let (before, isOwn) = shared.withLock { shared in
            defer { shared.report = report }
            return (shared.report, shared.endsCall)
        }
        if before.state != report.state { tell(.changed(report.state)) }
        guard report.state == .idle, before.state != .idle else { return nil }
        let isHandedOn = before.state == .transferring && report.transferCause == .normal
        return CallEnd(wasAnswered: before.state.isConversation, isOwn: isOwn || isHandedOn)
    }

    /// How a call ended, as far as it matters to the run.
    struct CallEnd {
        /// Whether it had been answered.
        var wasAnswered: Bool
        /// Whether the application itself ended it, or gave it away.
        var isOwn: Bool
    }

    func completed(_ verb: VerbID, _ outcome: VerbOutcome) {
        shared.withLock { $0.waiting.removeValue(forKey: verb) }?.resume(returning: outcome)
    }

    /// The far end asks to be put through to somebody else. Where nobody reads events, it may be so if the call is
    /// connected to another one: then it is that one's far end who is put through.
    func transferRequested(_ request: CallChannel.TransferRequest, isConnected: Bool) {
        let isWatched = shared.withLock { !$0.readers.isEmpty }
        if isWatched { return tell(.transferRequested(request)) }
        let verb = ChannelVerb.answerTransfer(isAccepted: isConnected)
        port.submit([.perform(id, VerbID(rawValue: .max), verb, ChannelArguments())])
    }

    /// Ends every verb, job and stream: nothing more will be heard, and who keeps the channel finds it IDLE.
    func stop() {
        let (waiting, jobs, files, streams, leaving) = shared.withLock { shared in
            defer {
                shared.visit.waiting = [:]
                shared.isStopped = true
                shared.report.state = .idle
                shared.waiting = [:]
                shared.jobs = [:]
                shared.files = [:]
                shared.streams = [:]
            }
            return (shared.waiting, shared.jobs, shared.files, shared.streams, shared.visit.waiting)
        }
        for continuation in leaving.values { continuation.resume(returning: nil) }
        for continuation in waiting.values { continuation.resume(returning: nil) }
        for continuation in jobs.values { continuation.resume(returning: nil) }
        for file in files.values { file.close() }
        for stream in streams.values { stream.finish() }
    }

    // MARK: Media

    /// What the players, recorders and detectors of the channel did last.
    var functions: MediaFunctions { shared.withLock { $0.functions } }

    /// Takes note of what a function does.
    func note(_ change: (inout MediaFunctions) -> Void) { shared.withLock { change(&$0.functions) } }

    /// Asks something that has no end of the channel's media.
    func ask(_ command: PartyCommand) { port.submit([.media(id, command)]) }

    /// Runs a job of the channel's media and waits for its end; nil when the switch has stopped. A task that is
    /// cancelled meanwhile stops it, and gets what came of that.
    @inline(never)
    func run(
        recordingTo file: RecordingFile? = nil, _ command: @escaping @Sendable (MediaJobID) -> PartyCommand,
        stop: MediaFunction?
    ) async -> PartyEvent? {
        let job = nextJob()
        // The shard would say the same, but it has others to hear before a run whose call has ended.
        if Task.isCancelled && report.state == .idle { return .refused(job, .hangup) }
        return await wait(
            for: .media(id, command(job)), givingUp: stop.map { .media(id, .stop($0)) }, while: { $0.jobs[job] != nil }
        ) {
            $0.jobs[job] = $1
            $0.files[job] = file
        }
    }

    /// Begins a job of the channel's media whose end nobody waits for.
    func begin(_ command: (MediaJobID) -> PartyCommand) { ask(command(nextJob())) }

    private func nextJob() -> MediaJobID {
        shared.withLock { shared in
            shared.lastJob += 1
            return MediaJobID(rawValue: shared.lastJob)
        }
    }

    // MARK: Conferences

    /// Asks something of the channel's conference.
    func order(_ order: ConferenceOrder) { port.submit([.conference(order)]) }

    /// Enters a room; nil when the switch has stopped.
    func enter(_ visit: ConferenceVisit) async -> PartyEvent? {
        let job = nextJob()
        return await wait(for: .enter(id, job, visit), givingUp: nil, while: { _ in false }) { $0.jobs[job] = $1 }
    }

    /// Takes note that the channel is in a room, or, with a departure, is out of it.
    func visited(_ departure: ConferenceDeparture?) {
        let leaving = shared.withLock { shared in
            shared.visit.isInside = departure == nil
            shared.visit.departure = departure
            if departure == nil { return [UInt64: CheckedContinuation<ConferenceDeparture?, Never>]() }
            defer { shared.visit.waiting = [:] }
            return shared.visit.waiting
        }
        for continuation in leaving.values { continuation.resume(returning: departure) }
        if let departure { tell(.leftConference(departure)) }
    }

    /// Waits until the channel is out of its room; at once where it is in none. nil for a task that is cancelled.
    func departure() async -> ConferenceDeparture? {
        let number = nextJob().rawValue
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known = shared.withLock { shared -> ConferenceDeparture?? in
                    if !shared.visit.isInside || shared.isStopped || Task.isCancelled {
                        return .some(shared.visit.departure)
                    }
                    shared.visit.waiting[number] = continuation
                    return nil
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            shared.withLock { $0.visit.waiting.removeValue(forKey: number) }?.resume(returning: nil)
        }
    }

    /// Takes what the channel's media report.
    func heard(_ event: PartyEvent) {
        switch event {
        case .write(let job, let bytes, let offset):
            shared.withLock { $0.files[job] }?.write(bytes, at: offset) { [weak self] function in
                self?.ask(.fail(function))
            }
        case .digit(let digit, _): tell(.digit(Character(Unicode.Scalar(digit))))
        case .activity(let isActive): tell(.activity(isActive))
        case .refused(let job, _), .played(let job, _), .tonePlayed(let job, _), .digitsPlayed(let job, _),
            .collected(let job, _, _), .recorded(let job, _, _, _), .callRecorded(let job, _, _, _),
            .classified(let job, _), .answerMachine(let job, _), .connected(let job), .joined(let job, _):
            let (continuation, file) = shared.withLock {
                ($0.jobs.removeValue(forKey: job), $0.files.removeValue(forKey: job))
            }
            file?.close()
            continuation?.resume(returning: event)
        case .roomEnded, .failureTone, .inform, .disconnected, .closed: break
        }
    }

    // MARK: Events

    /// Most events that wait for a slow reader.
    private static let eventCapacity = 256

    /// What happens to the channel from now on; `isReader` says that it is the application that listens, and may answer what
    /// the far end asks for.
    func events(isReader: Bool = true) -> AsyncThrowingStream<CallChannel.Event, any Error> {
        AsyncThrowingStream(bufferingPolicy: .bufferingOldest(Self.eventCapacity)) { continuation in
            let number = shared.withLock { shared -> UInt64? in
                guard !shared.isStopped else { return nil }
                shared.lastStream += 1
                shared.streams[shared.lastStream] = continuation
                if isReader { shared.readers.insert(shared.lastStream) }
                return shared.lastStream
            }
            guard let number else { return continuation.finish() }
            continuation.onTermination = { [weak self] _ in
                self?.shared.withLock { shared in
                    shared.streams[number] = nil
                    shared.readers.remove(number)
                }
            }
        }
    }

    /// Tells the readers of events; one that is too far behind gets an error instead, outside of the lock that the end
    /// of its stream takes.
    private func tell(_ event: CallChannel.Event) {
        let overflowing = shared.withLock { shared in
            let full = shared.streams.filter { _, stream in
                if case .dropped = stream.yield(event) { true } else { false }
            }
            for number in full.keys { shared.streams[number] = nil }
            return full.values
        }
        for stream in overflowing {
            stream.finish(
                throwing: CallError(.overflow, "\(Self.eventCapacity) events were not read, one was lost"))
        }
    }
}

extension ChannelState {
    /// Whether there is an answered call.
    fileprivate var isConversation: Bool {
        switch self {
        case .answered, .holding, .onHold, .transferring, .transferred, .reconnecting: true
        case .waiting, .callIncoming, .ringIncoming, .answering, .callOutgoing, .ringOutgoing, .error, .idle: false
        }
    }
}

/// Whether a channel is in a conference room, and who waits until it is not.
private struct ConferencePresence {
    var isInside = false
    /// How it left the last one.
    var departure: ConferenceDeparture?
    var waiting: [UInt64: CheckedContinuation<ConferenceDeparture?, Never>] = [:]
}
