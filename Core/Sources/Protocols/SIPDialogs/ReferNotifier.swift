import SIPMessages

/// The implicit subscription of the receiver of a REFER: what its sender is told, one NOTIFY at a time
/// (RFC 3515 §2.4.4).
public struct ReferNotifier: Equatable, Sendable {
    public enum State: Sendable {
        /// Notifications go out. Exit: `ended`.
        case active
        /// The outcome has been told, or nobody wants to know it.
        case ended
    }

    public enum Event: Equatable, Sendable {
        /// The status of the call to the target.
        case status(StatusCode)
        /// The last NOTIFY was answered, or given up.
        case answered(StatusCode)
    }

    public enum Effect: Equatable, Sendable {
        /// Send NOTIFY with this status; a final one ends the subscription.
        case notify(StatusCode)
    }

    public private(set) var state = State.active
    /// Whether a NOTIFY waits for its answer.
    private var isOutstanding = false
    /// What is to be told next; only the newest counts.
    private var next: StatusCode?
    private var last: StatusCode?

    public init() {}

    public mutating func receive(_ event: Event, into effects: inout [Effect]) {
        switch (state, event) {
        case (.active, .status(let status)):
            if isOutstanding { next = status } else { tell(status, &effects) }
        case (.active, .answered(let status)):
            isOutstanding = false
            if !status.isSuccess { return state = .ended }
            if let next { tell(next, &effects) }
        case (.ended, .answered): isOutstanding = false
        case (.ended, .status): break
        }
    }

    private mutating func tell(_ status: StatusCode, _ effects: inout [Effect]) {
        next = nil
        if status == last { return }
        last = status
        isOutstanding = true
        if status.isFinal { state = .ended }
        effects.append(.notify(status))
    }
}
