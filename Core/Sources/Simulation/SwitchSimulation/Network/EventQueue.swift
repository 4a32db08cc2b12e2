import Timeline

/// Events in virtual time; events of one instant come out in the order in which they went in.
public struct EventQueue<Event: Sendable>: Sendable {
    private struct Entry: Sendable {
        var instant: Instant
        var order: UInt64
        var event: Event

        func precedes(_ other: Entry) -> Bool {
            instant == other.instant ? order < other.order : instant < other.instant
        }
    }

    private var heap: [Entry] = []
    private var pushed: UInt64 = 0

    public init() {}

    /// How many events wait.
    public var count: Int { heap.count }

    /// The instant of the next event; nil when none waits.
    public var nextInstant: Instant? { heap.first?.instant }

    /// Adds an event.
    public mutating func push(_ event: Event, at instant: Instant) {
        pushed += 1
        heap.append(Entry(instant: instant, order: pushed, event: event))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].precedes(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes the next event out.
    public mutating func pop() -> Event? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first.event }
        heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].precedes(heap[least])
            {
                least = child
            }
            if least == parent { return first.event }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
