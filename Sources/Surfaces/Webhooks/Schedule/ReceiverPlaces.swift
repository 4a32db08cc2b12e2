import Timeline

/// The places at one receiver, and those who wait for one: each of its URLs in turn, and none with all of the places, so
/// that what is slow under one URL leaves room for the others.
struct ReceiverPlaces: Sendable {
    private struct Queue: Sendable {
        var waiting = Backlog<SlotHandle>()
        var attempting = 0
        /// Whether it stands among those whose turn comes.
        var isInTurn = false
    }

    /// Most attempts at a time.
    private(set) var limit: Int
    /// Attempts under way.
    private(set) var attempting = 0
    /// Whether it stands among the receivers that wait for a place in all.
    var isHungry = false
    private var queues: [Int: Queue] = [:]
    private var turns = Backlog<Int>()

    init(limit: Int) { self.limit = limit }

    /// Most attempts at a time under one URL.
    private var share: Int { limit - limit / 4 }

    /// Whether nobody waits.
    var isEmpty: Bool { queues.values.allSatisfy { $0.waiting.isEmpty } }
    /// Whether nothing is attempted and nobody waits.
    var isIdle: Bool { attempting == 0 && queues.isEmpty }
    /// Whether there may be somebody for whom there is a place.
    var mayHaveNext: Bool { attempting < limit && !turns.isEmpty }

    /// Lets somebody wait for a place under a URL.
    mutating func wait(_ handle: SlotHandle, for url: Int) {
        queues[url, default: Queue()].waiting.append(handle)
        takeTurn(url)
    }

    /// Gives the next one its place; nil where there is none.
    mutating func next() -> SlotHandle? {
        while attempting < limit, let url = turns.popFirst() {
            queues[url]?.isInTurn = false
            // One that has its share comes again when it leaves a place.
            guard let busy = queues[url]?.attempting, busy < share, let handle = queues[url]?.waiting.popFirst() else {
                continue
            }
            queues[url]?.attempting += 1
            attempting += 1
            takeTurn(url)
            return handle
        }
        return nil
    }

    /// Takes a place back from a URL; the receiver has `limit` places from now on.
    mutating func leave(_ url: Int, limit: Int) {
        self.limit = limit
        attempting -= 1
        queues[url]?.attempting -= 1
        takeTurn(url)
        if let queue = queues[url], queue.attempting == 0, queue.waiting.isEmpty { queues[url] = nil }
    }

    private mutating func takeTurn(_ url: Int) {
        guard let queue = queues[url], !queue.isInTurn, !queue.waiting.isEmpty else { return }
        queues[url]?.isInTurn = true
        turns.append(url)
    }
}
