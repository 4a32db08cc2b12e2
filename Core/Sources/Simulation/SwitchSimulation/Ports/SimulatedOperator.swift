import Accounting
import SwitchEngine
import Timeline

/// An operator who lists calls in small pages and ends them in small batches, with time between one and the next, in
/// which calls come and go.
struct SimulatedOperator: Sendable {
    /// What is being done.
    struct Task: Sendable {
        /// Whether calls are ended, or listed.
        var isDisconnecting: Bool
        var frame: CallListingFrame
        /// The calls that were there when it began.
        var present: Set<UInt64>
        var keys: [CallKey] = []
        /// Where the next page begins; nil when all have been read.
        var position: UInt32? = 0
        /// Calls that have had their turn.
        var done = 0
    }

    /// What one turn came to.
    enum Outcome: Sendable {
        /// There is more to do.
        case more
        /// So many calls were ended in this turn; there may be more to do.
        case ended(Int, isLast: Bool)
        /// The rows of a listing, and the calls that were there when it began.
        case listed([CallSnapshot], present: Set<UInt64>)
    }

    /// Slots read, and calls ended, in a turn.
    static let turn = 2

    private(set) var tasks: [Task] = []
    private var dice: IdentifierSource

    init(seed: UInt64) { dice = IdentifierSource(seed: seed) }

    /// How long until the next turn.
    mutating func pause() -> Duration { dice.duration(in: .zero...(.milliseconds(400))) }

    /// Begins to list or to end the calls of `selection`; the number of the task.
    mutating func begin(
        _ selection: CallSelection, disconnecting: Bool, _ core: SwitchCore, at now: Instant
    ) -> Int {
        let order = CallOrder.allCases[Int(dice.next() % UInt64(CallOrder.allCases.count))]
        tasks.append(
            Task(
                isDisconnecting: disconnecting, frame: core.beginListing(selection, in: order, at: now),
                present: Set(core.listing(at: now).map(\.id))))
        return tasks.count - 1
    }

    /// Does the next step of a task.
    mutating func proceed(
        _ number: Int, _ core: inout SwitchCore, at now: Instant, into outputs: inout [SwitchOutput]
    ) -> Outcome {
        let task = tasks[number]
        if let position = task.position {
            let page = core.keys(of: task.frame, from: position, slots: Self.turn, at: now)
            tasks[number].keys += page.keys
            tasks[number].position = page.next
            if page.next == nil { tasks[number].keys = CallKey.sorted(tasks[number].keys) }
            return .more
        }
        if !task.isDisconnecting {
            return .listed(core.rows(of: task.keys, in: task.frame, at: now), present: task.present)
        }
        let end = min(task.done + Self.turn, task.keys.count)
        tasks[number].done = end
        let count = core.disconnect(
            task.keys[task.done..<end], task.frame.selection, by: .api, at: now, into: &outputs)
        return .ended(count, isLast: end == task.keys.count)
    }
}
