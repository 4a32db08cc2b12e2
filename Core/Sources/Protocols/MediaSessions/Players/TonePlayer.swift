import Audio
import Timeline

/// Plays a tone to a party, until it is over or stopped.
public struct TonePlayer: Equatable, Sendable {
    /// What the player does.
    public enum State: Hashable, Sendable { case playing, idle, error }

    /// Why the last tone ended.
    public enum Cause: Hashable, Sendable, CaseIterable {
        case error
        /// The plan was over.
        case normal
        /// It was stopped.
        case aborted
        case hangup
        /// Its time was over.
        case timeout
        /// A tone is being played, or there was none.
        case none
    }

    /// What the player is told.
    public enum Event: Sendable {
        /// Plays a tone, at most for as long as `timeout` says.
        case play(TonePlan, timeout: Duration?)
        case stop
        case hangUp
    }

    /// What the session must do.
    public enum Effect: Hashable, Sendable {
        case finished(Cause)
    }

    public private(set) var state: State = .idle
    public private(set) var cause: Cause = .none
    private var generator: ToneGenerator?
    private var deadline: Instant?

    public init() {}

    /// When `timeElapsed` must be called next; nil without a limit.
    public var nextDeadline: Instant? { deadline }

    public mutating func receive(_ event: Event, at now: Instant, into effects: inout [Effect]) {
        switch (state, event) {
        case (.idle, .play(let plan, let timeout)), (.error, .play(let plan, let timeout)):
            generator = ToneGenerator(plan)
            deadline = timeout.map { now + $0 }
            cause = .none
            state = .playing
        case (.playing, .stop): end(.aborted, into: &effects)
        case (.playing, .hangUp): end(.hangup, into: &effects)
        case (.playing, .play), (.idle, .stop), (.idle, .hangUp), (.error, .stop), (.error, .hangUp): break
        }
    }

    public mutating func timeElapsed(at now: Instant, into effects: inout [Effect]) {
        if let deadline, deadline <= now { end(.timeout, into: &effects) }
    }

    /// Whether the tone goes on; ends the job where it does not.
    public mutating func prepare(into effects: inout [Effect]) -> Bool {
        guard state == .playing else { return false }
        if generator?.isFinished ?? true {
            end(.normal, into: &effects)
            return false
        }
        return true
    }

    /// Overwrites `frame` with the next samples. Only after `prepare`.
    public mutating func fill(_ frame: inout [Int16]) { generator?.fill(&frame) }

    private mutating func end(_ cause: Cause, into effects: inout [Effect]) {
        self.cause = cause
        state = cause == .error ? .error : .idle
        generator = nil
        deadline = nil
        effects.append(.finished(cause))
    }
}
