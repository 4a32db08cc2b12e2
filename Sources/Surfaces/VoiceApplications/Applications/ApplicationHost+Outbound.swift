import Foundation

/// How runs are started from outside.
extension ApplicationHost {
    /// Starts a service: once, `count` times, or, with a delimiter, once for each piece of the parameters. Returns the
    /// names of the runs, in that order. Throws `StartError`.
    public func start(
        _ service: Service, outboundParameters: String = "", count: Int = 1, delimiter: Character? = nil
    ) throws(StartError) -> [String] {
        guard catalogue.names.contains(service.application) else { throw .unknownApplication(service.application) }
        guard service.account != nil else { throw .noAccount }
        guard (1...Self.maximumCount).contains(count) else { throw .badCount(Self.maximumCount) }
        if let bad = outboundParameters.unicodeScalars.first(where: { !Self.isAllowed($0) }) {
            throw .badCharacter(bad)
        }
        var pieces = Array(repeating: outboundParameters, count: count)
        if let delimiter {
            pieces = outboundParameters.split(separator: delimiter, omittingEmptySubsequences: true).map(String.init)
        }
        guard pieces.count <= Self.maximumCount else { throw .badCount(Self.maximumCount) }
        return pieces.map { enqueue(service, $0) }
    }

    /// Runs an application that is already made, at once, with a channel of the service's account and no others. Returns
    /// the name of the run; nil where the host is full or stopping.
    public func run(_ application: any VoiceApplication, as service: Service) -> String? {
        let run = shared.withLock { shared -> String? in
            guard !shared.isStopped, shared.tasks.count < settings.maximumRuns else { return nil }
            shared.lastRun += 1
            return Self.name(shared.lastRun)
        }
        guard let run else { return nil }
        begin(application, run, service, open(service.account), outboundParameters: "")
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

        public var description: String {
            switch self {
            case .unknownApplication(let name): "no application is called \(name)"
            case .noAccount: "the application's user has no account that could pay for its calls"
            case .badCount(let most): "from 1 to \(most) runs can be started at once"
            case .badCharacter(let character):
                "outbound parameters are 7-bit text without ^, | and control characters, not U+"
                    + String(character.value, radix: 16, uppercase: true)
            }
        }
    }

    /// 7-bit text without `^`, `|` and control characters.
    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        (0x20..<0x7F).contains(scalar.value) && scalar != "^" && scalar != "|"
    }

    /// Where a run is.
    public func status(of run: String) -> RunStatus { shared.withLock { $0.runs[run] ?? .unknown } }

    /// Runs that wait.
    public var queueLength: Int { shared.withLock { $0.waiting.count } }

    /// Cancels a run that waits; false when it does not wait.
    public func cancel(_ run: String) -> Bool {
        shared.withLock { shared in
            guard let position = shared.waiting.firstIndex(where: { $0.id == run }) else { return false }
            shared.waiting.remove(at: position)
            remember(run, .cancelled, in: &shared)
            return true
        }
    }

    private func enqueue(_ service: Service, _ parameters: String) -> String {
        let (run, isNow) = shared.withLock { shared in
            shared.lastRun += 1
            let waiting = WaitingRun(
                id: Self.name(shared.lastRun), service: service, outboundParameters: parameters)
            let isNow = shared.tasks.count < settings.maximumRuns && shared.waiting.isEmpty && !shared.isStopped
            shared.runs[waiting.id] = .queued
            if !isNow { shared.waiting.append(waiting) }
            return (waiting, isNow)
        }
        if isNow { launch(run) }
        return run.id
    }

    func launch(_ run: WaitingRun) {
        begin(run.id, run.service, open(run.service.account), outboundParameters: run.outboundParameters)
    }
}
