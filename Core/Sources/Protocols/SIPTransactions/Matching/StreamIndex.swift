import Addresses
import SIPMessages

/// Which client transactions wait on which stream, so that a closed stream is told to them without a search.
struct StreamIndex: Sendable {
    private struct Key: Hashable, Sendable {
        var transport: SIPTransport
        var remote: Endpoint
    }

    private struct Link: Sendable {
        var next: UInt32 = .max
        var previous: UInt32 = .max
        var key: Key?
    }

    private var heads: [Key: UInt32] = [:]
    private var links: [Link] = []

    /// How many streams have waiting transactions.
    var count: Int { heads.count }

    /// Enters a slot under its flow; datagrams are not kept.
    mutating func insert(_ slot: UInt32, on flow: Flow) {
        guard flow.transport.isReliable else { return }
        remove(slot)
        let key = Key(transport: flow.transport, remote: flow.remote)
        while links.count <= Int(slot) { links.append(Link()) }
        let head = heads[key]
        links[Int(slot)] = Link(next: head ?? .max, previous: .max, key: key)
        if let head { links[Int(head)].previous = slot }
        heads[key] = slot
    }

    /// Takes a slot out, if it is in.
    mutating func remove(_ slot: UInt32) {
        guard Int(slot) < links.count, let key = links[Int(slot)].key else { return }
        let link = links[Int(slot)]
        if link.next != .max { links[Int(link.next)].previous = link.previous }
        if link.previous != .max {
            links[Int(link.previous)].next = link.next
        } else if link.next != .max {
            heads[key] = link.next
        } else {
            heads[key] = nil
        }
        links[Int(slot)] = Link()
    }

    /// The slots that were entered under the peer of `flow`.
    func slots(on flow: Flow) -> [UInt32] {
        var slots: [UInt32] = []
        var slot = heads[Key(transport: flow.transport, remote: flow.remote)] ?? .max
        while slot != .max {
            slots.append(slot)
            slot = links[Int(slot)].next
        }
        return slots
    }
}
