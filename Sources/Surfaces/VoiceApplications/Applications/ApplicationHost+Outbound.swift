import Foundation

/// How runs are started from outside.
extension ApplicationHost {
    /// Starts a service: once, `count` times, or, with a delimiter, once for each piece of the parameters, whatever the
    /// count. Returns the names of the runs, in that order. Throws `StartError` with nothing started.
    public func start(
        _ service: Service, outboundParameters: String = "", count: Int = 1, delimiter: String? = nil
    ) throws(StartError) -> [String] {
        guard catalogue.contains(service.application) else { throw .unknownApplication(service.application) }
        guard service.account != nil else { throw .noAccount }
        if let bad = outboundParameters.unicodeScalars.first(where: { !Self.isAllowed($0) }) {
            throw .badCharacter(bad)
        }
        var pieces: [String] = []
        if let delimiter {
            guard delimiter.unicodeScalars.count == 1, let character = delimiter.first, character.isASCII else {
                throw .badDelimiter(delimiter)
            }
            pieces = outboundParameters.split(separator: character, omittingEmptySubsequences: true).map(String.init)
            guard !pieces.isEmpty else { throw .noPieces }
            guard pieces.count <= Self.maximumCount else { throw .badCount(Self.maximumCount) }
        } else {
            guard (1...Self.maximumCount).contains(count) else { throw .badCount(Self.maximumCount) }
            pieces = Array(repeating: outboundParameters, count: count)
        }
        return try enqueue(service, pieces)
    }

    /// Runs an application that is already made, at once, with a channel of the service's account and no others. Returns
    /// the name of the run; nil where the host is full or stopping.
    public func run(_ application: any VoiceApplication, as service: Service) -> String? {
        let run = shared.withLock { shared -> String? in
            guard !shared.isStopped, shared.active < settings.maximumRuns else { return nil }
            shared.launching += 1
            let run = shared.nextRun()
            shared.runs[run] = RunReport(id: run, service: service, direction: .outbound, outboundParameters: "")
            return run
        }
        guard let run else { return nil }
        begin(application, run, service, open(service, count: 1)[0], outboundParameters: "")
        return run
    }

    /// Most runs that one request starts.
    public static let maximumCount = 1_000

    /// Why no run was started.
    public enum StartError: Error, Hashable, Sendable, CustomStringConvertible {
        case unknownApplication(String)
        case noAccount
        case badCount(Int)
        case badCharacter(Unicode.Scalar)
        case badDelimiter(String)
        /// There is nothing between the delimiters.
        case noPieces
        /// So many runs wait already.
        case queueIsFull(Int)
        case stopping

        public var description: String {
            switch self {
            case .unknownApplication(let name): "no application is called \(name)"
            case .noAccount:
                "the application has no account that could pay for its calls; give it one in the provisioning, with "
                    + "account or user"
            case .badCount(let most): "from 1 to \(most) runs can be started at once"
            case .badCharacter(let character):
                "outbound parameters are 7-bit text without ^, | and control characters, not U+"
                    + String(character.value, radix: 16, uppercase: true)
            case .badDelimiter(let text): "a delimiter is one 7-bit character, not \(text.debugDescription)"
            case .noPieces: "there is nothing between the delimiters; give each run its parameters"
            case .queueIsFull(let most): "\(most) runs wait already; try again when some of them have run"
            case .stopping: "the switch is stopping"
            }
        }
    }

    /// 7-bit text without `^`, `|` and control characters.
    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        (0x20..<0x7F).contains(scalar.value) && scalar != "^" && scalar != "|"
    }

    private func enqueue(_ service: Service, _ pieces: [String]) throws(StartError) -> [String] {
        let most = settings.maximumWaiting
        let (runs, launched, problem) = shared.withLock { shared -> ([WaitingRun], [WaitingRun], StartError?) in
            if shared.isStopped { return ([], [], .stopping) }
            let room = max(0, settings.maximumRuns - shared.active)
            if shared.waiting.count + pieces.count - room > most { return ([], [], .queueIsFull(most)) }
            let runs = pieces.map { piece in
                WaitingRun(id: shared.nextRun(), service: service, outboundParameters: piece)
            }
            for run in runs {
                shared.runs[run.id] = RunReport(
                    id: run.id, service: service, direction: .outbound, outboundParameters: run.outboundParameters)
            }
            let launched = shared.waiting.isEmpty ? Array(runs.prefix(room)) : []
            shared.launching += launched.count
            shared.waiting += runs.dropFirst(launched.count)
            return (runs, launched, nil)
        }
        if let problem { throw problem }
        for run in launched { launch(run) }
        return runs.map(\.id)
    }

    func launch(_ run: WaitingRun) {
        begin(run.id, run.service, open(run.service, count: 1)[0], outboundParameters: run.outboundParameters)
    }

    // MARK: Seeing

    /// Where a run is.
    public func status(of run: String) -> RunStatus { report(of: run)?.status ?? .unknown }

    /// What is known of a run; nil where nobody knows it any more.
    public func report(of run: String) -> RunReport? { shared.withLock { $0.runs[run] } }

    /// The runs that are remembered, of a service or of all, the latest first.
    public func reports(of service: String? = nil) -> [RunReport] {
        shared.withLock { shared in
            shared.runs.values.filter { service == nil || $0.service.id == service }
        }.sorted { ($0.asked, $0.id) > ($1.asked, $1.id) }
    }

    /// Runs that wait, of a service or of all.
    public func queueLength(of service: String? = nil) -> Int {
        shared.withLock { shared in
            service == nil ? shared.waiting.count : shared.waiting.count { $0.service.id == service }
        }
    }

    /// The service with this id or name; nil where there is none.
    public func service(_ idOrName: String) -> Service? {
        shared.withLock { shared in
            shared.services[idOrName] ?? shared.services.values.filter { $0.name == idOrName }.min { $0.id < $1.id }
        }
    }

    /// All services, sorted by id.
    public var services: [Service] { shared.withLock { Array($0.services.values) }.sorted { $0.id < $1.id } }

    // MARK: Cancelling

    /// Cancels a run: one that waits never runs; one that runs is asked to end, and its calls end with it. False where it
    /// has ended or nobody knows it.
    @discardableResult
    public func cancel(_ run: String) -> Bool {
        let (isFound, task) = shared.withLock { shared -> (Bool, Task<Void, Never>?) in
            if let position = shared.waiting.firstIndex(where: { $0.id == run }) {
                shared.waiting.remove(at: position)
                remember(run, .cancelled, in: &shared)
                return (true, nil)
            }
            guard shared.runs[run]?.status.isFinished == false else { return (false, nil) }
            shared.runs[run]?.isCancelled = true
            return (true, shared.tasks[run])
        }
        task?.cancel()
        return isFound
    }

    /// Cancels every run of a service that was started from outside, has not ended and is not being cancelled; how many
    /// there were.
    @discardableResult
    public func cancelAll(of service: String) -> Int {
        // First those that wait: none of them may begin in the place of one that ends.
        let purged = purge(service)
        let runs = shared.withLock { shared in
            shared.runs.values.filter {
                $0.service.id == service && $0.direction == .outbound && !$0.status.isFinished && !$0.isCancelled
            }.map(\.id)
        }
        return purged + runs.count { cancel($0) }
    }

    /// Cancels the runs of a service that wait, or of all; how many there were.
    @discardableResult
    public func purge(_ service: String? = nil) -> Int {
        shared.withLock { shared in
            let purged = shared.waiting.filter { service == nil || $0.service.id == service }.map(\.id)
            let names = Set(purged)
            shared.waiting.removeAll { names.contains($0.id) }
            for run in purged { remember(run, .cancelled, in: &shared) }
            return purged.count
        }
    }
}
