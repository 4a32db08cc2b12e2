/// Where a run of an application is.
public enum RunStatus: Hashable, Sendable {
    /// It waits until the channels for it are free.
    case queued
    case running
    /// It has returned this result.
    case completed(Int)
    /// It never ran, for this reason.
    case couldNotRun(String)
    /// Somebody asked it to end before it ran, or before it had ended by itself; whatever it returned then.
    case cancelled
    /// Nobody knows such a run.
    case unknown

    /// The name as the call-channel interface writes it.
    public var name: String {
        switch self {
        case .queued: "QUEUED"
        case .running: "RUNNING"
        case .completed: "COMPLETED"
        case .couldNotRun: "COULDNOTRUN"
        case .cancelled: "CANCELLED"
        case .unknown: "UNKNOWN"
        }
    }

    /// What there is to say about it: the result, or why it did not run.
    public var detail: String {
        switch self {
        case .completed(let result): "\(result)"
        case .couldNotRun(let reason): reason
        case .queued, .running, .cancelled, .unknown: ""
        }
    }

    /// Whether nothing will change any more.
    public var isFinished: Bool {
        switch self {
        case .queued, .running: false
        case .completed, .couldNotRun, .cancelled, .unknown: true
        }
    }
}
