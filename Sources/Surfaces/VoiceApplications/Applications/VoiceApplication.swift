import Logging

/// A program that owns a call: one instance for each run.
///
/// A run begins with an inbound call in CALL_INCOMING, or, started from outside, with an IDLE channel. It is not tied to
/// its call: it goes on until `main` returns. What is left of its calls then is hung up.
///
/// The end of the run's primary call cancels its task, whoever ends it: the far end, an operator, a limit. An outbound
/// call that was never answered cancels nothing, so that the run can try again; neither does a call that the run itself
/// hung up, rejected or gave away by a blind or an attended transfer. What must be done after a cancellation, such as
/// writing to a database, goes on as any cancelled task does; a further call takes a `Task` of its own.
public protocol VoiceApplication: Sendable {
    /// Serves one run and returns its result. An error that is thrown out of it is logged and ends its calls; the
    /// result is −1 then.
    func main(_ run: ApplicationRun) async throws -> Int
}

/// What an application is given for one run.
public struct ApplicationRun: Sendable {
    /// The channel of the run's primary call.
    public let channel: CallChannel
    /// Channels for further calls, outbound only; three where the configuration says nothing else.
    public let extraChannels: [CallChannel]
    /// Names the run, as `35.4058`.
    public let id: String
    /// Parameters of the application, as provisioned.
    public let parameters: [String: String]
    /// What whoever started an outbound run handed to it; nil for an inbound one.
    public let outboundParameters: String?
    /// The files that can be played, recorded, renamed and deleted.
    public let files: MediaFiles
    public let logger: Logger
    /// The time that the run lives in: the machine's, or the virtual one of the testing kit. What sleeps by it, or by
    /// `sleep`, costs a test nothing; `Task.sleep` waits for the machine's time everywhere.
    public let clock: any Clock<Duration>

    /// Waits. Throws `CancellationError` when the far end of the primary call hangs up meanwhile.
    public func sleep(for time: Duration) async throws { try await clock.sleep(for: time) }
}

/// The applications that a program knows, by name.
public struct ApplicationCatalogue: Sendable {
    private var applications: [String: @Sendable () -> any VoiceApplication] = [:]

    public init() {}

    /// Adds or replaces an application; `make` is called for each run.
    public mutating func add(_ name: String, _ make: @escaping @Sendable () -> any VoiceApplication) {
        applications[name] = make
    }

    /// The names, sorted.
    public var names: [String] { applications.keys.sorted() }

    /// Whether there is an application of this name.
    public func contains(_ name: String) -> Bool { applications[name] != nil }

    /// A new instance of an application; nil where there is none of this name.
    public func application(_ name: String) -> (any VoiceApplication)? { applications[name]?() }
}
