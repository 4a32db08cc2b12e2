import CallControl
import SIPTransactions
import Timeline

/// What machines of one kind want, in order, each with the handle of the machine. A machine appends to `elements` and
/// `claim` writes down that it was its; taking moves, so that nothing is copied on the way.
struct OwnedQueue<Element: Sendable>: Sendable {
    var elements: [Element] = []
    private var owners: [SlotHandle] = []

    var isEmpty: Bool { elements.isEmpty }

    /// All elements that nobody owns yet are `owner`'s.
    mutating func claim(for owner: SlotHandle) {
        while owners.count < elements.count { owners.append(owner) }
    }

    /// Takes all that is queued, turned round so that `next` gives the oldest, and leaves the empty `spare` in its place.
    mutating func take(leaving spare: inout OwnedQueue) -> OwnedQueue {
        var taken = OwnedQueue()
        swap(&taken, &spare)
        swap(&taken, &self)
        taken.elements.turnRound()
        taken.owners.turnRound()
        return taken
    }

    /// The oldest element of a queue that was taken.
    mutating func next() -> (owner: SlotHandle, element: Element)? {
        guard let owner = owners.popLast(), let element = elements.popLast() else { return nil }
        return (owner, element)
    }
}

/// Arrays that are empty between two steps, kept so that a step allocates none.
struct SpareBuffers: Sendable {
    var transactionEffects: [TransactionTable.Effect] = []
    var legEvents = OwnedQueue<LegEvent>()
    var callEffects = OwnedQueue<Call.Effect>()
}

extension Array {
    /// Takes all elements, turned round so that `popLast` gives the oldest, and leaves the empty `spare` in their place.
    mutating func take(leaving spare: inout [Element]) -> [Element] {
        var taken: [Element] = []
        swap(&taken, &spare)
        swap(&taken, &self)
        taken.turnRound()
        return taken
    }

    /// Reverses the order by moving; most steps have a single element.
    fileprivate mutating func turnRound() {
        guard count > 1 else { return }
        withUnsafeMutableBufferPointer { buffer in
            var low = 0
            var high = buffer.count &- 1
            while low < high {
                buffer.swapAt(low, high)
                low &+= 1
                high &-= 1
            }
        }
    }
}
