import CallControl
import SIPTransactions
import Timeline

/// The arrays through which a shard's machines hand on what they want: kept from step to step, so that a step allocates
/// none, and emptied from the end, so that nothing in them is copied.
struct WorkBuffers: Sendable {
    var transactionEffects: [TransactionTable.Effect] = []
    var legEvents: [LegEvent] = []
    var pendingLegEvents: [PendingLegEvent] = []
    var callEffects: [Call.Effect] = []
    var pendingCallEffects: [PendingCallEffect] = []

    /// Takes what is queued, last first, and leaves the empty `spare` in its place for what that will cause.
    static func take<Element>(_ queued: inout [Element], leaving spare: inout [Element]) -> [Element] {
        var taken: [Element] = []
        swap(&taken, &spare)
        swap(&taken, &queued)
        reverse(&taken)
        return taken
    }

    /// Turns the order round; most steps have a single element.
    static func reverse<Element>(_ elements: inout [Element]) {
        if elements.count > 1 { elements.reverse() }
    }
}

/// What a leg reported and its call has not heard.
struct PendingLegEvent: Sendable {
    var leg: SlotHandle
    var event: LegEvent
}

/// What a call wants and nobody has done.
struct PendingCallEffect: Sendable {
    var call: SlotHandle
    var effect: Call.Effect
}
