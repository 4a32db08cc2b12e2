import SQLiteStore
import Testing

@testable import Webhooks

struct BodyShelfTests {
    private func event(_ sequence: Int64, bytes: Int = 488) -> StoredEvent {
        var event = StoredEvent(id: "ce-\(sequence)", user: "u-1", subject: "c-1", type: "dtmf", milliseconds: 0)
        event.sequence = sequence
        event.body = Array(repeating: 0x20, count: bytes)
        return event
    }

    /// The event that is given, or the id of one that was given up.
    private func taken(_ shelf: inout BodyShelf, _ sequence: Int64) -> (whole: StoredEvent?, id: String?) {
        switch shelf.release(sequence) {
        case .whole(let kept): (kept.event, nil)
        case .givenUp(let id): (nil, id)
        case nil: (nil, nil)
        }
    }

    @Test("what there is room for is given back whole, once")
    func room() {
        var shelf = BodyShelf(capacity: 10_000)
        shelf.keep(KeptEvent(event(1)), for: 7)
        shelf.trim()
        #expect(shelf.bytes == 1000)
        #expect(taken(&shelf, 1).whole == event(1))
        #expect(shelf.release(1) == nil && shelf.release(2) == nil && shelf.bytes == 0)
    }

    @Test("who has most gives up the younger half of it, and nobody else anything")
    func trim() {
        var shelf = BodyShelf(capacity: 10_000)
        for sequence in 1...3 { shelf.keep(KeptEvent(event(Int64(sequence))), for: 1) }
        for sequence in 4...11 { shelf.keep(KeptEvent(event(Int64(sequence))), for: 2) }
        shelf.trim()
        #expect(shelf.bytes == 7000)
        for sequence in 1...7 { #expect(taken(&shelf, Int64(sequence)).whole == event(Int64(sequence))) }
        for sequence in 8...11 { #expect(taken(&shelf, Int64(sequence)).id == "ce-\(sequence)") }
        #expect(shelf.bytes == 0 && shelf.release(11) == nil)
    }

    @Test("one that is larger than all room is kept until it is trimmed, and trimming ends")
    func giant() {
        var shelf = BodyShelf(capacity: 10_000)
        shelf.keep(KeptEvent(event(1, bytes: 20_000)), for: 1)
        shelf.trim()
        #expect(shelf.bytes == 0)
        #expect(taken(&shelf, 1).id == "ce-1")
    }
}
