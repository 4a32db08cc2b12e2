import EventCollector
import Foundation
import Synchronization
import TestFiles
import Testing
import Timeline

@testable import SQLiteStore

@Suite("The journal of events", .timeLimit(.minutes(1)))
struct EventJournalTests {
    private static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    private func event(_ id: String, at milliseconds: Int64 = now) -> StoredEvent {
        var event = StoredEvent(id: id, user: "u-1", subject: "c-1", type: "answer", milliseconds: milliseconds)
        event.body = Array("{}".utf8)
        return event
    }

    /// Ties a journal, which is made first, to what is done about its batches.
    private final class Link: Sendable {
        let journal = Mutex<EventJournal?>(nil)
    }

    @Test("what is too much is forgotten although there is always something to write")
    func sweepUnderLoad() async throws {
        var settings = EventJournal.Settings()
        settings.interval = .zero
        settings.mostEvents = 10
        settings.sweep = .zero
        settings.sweepStep = 3
        let store = try SQLiteStore(.memory)
        let link = Link()
        let forgotten = EventCollector<Int>()
        let journal = try EventJournal(store, settings: settings) { [self] events in
            // Nothing is written but there is something more.
            if forgotten.events.isEmpty { for event in events { _ = link.journal.withLock { $0 }?.append(event) } }
        } notify: { notice in
            if case .forgot(_, let count) = notice { forgotten.report(count) }
        }
        link.journal.withLock { $0 = journal }
        for number in 0..<20 { _ = journal.append(event("ce-\(number)")) }
        await forgotten.events(atLeast: 1)
        await journal.flushed()
        link.journal.withLock { $0 = nil }
        journal.finish(within: .seconds(10))
    }

    @Test("events that are too old are forgotten with their attempts, and errors too; younger ones stay")
    func retention() async throws {
        var settings = EventJournal.Settings()
        settings.retention = .seconds(3600)
        settings.sweep = .zero
        let store = try SQLiteStore(.memory)
        let old = Self.now - 3_700_000
        let forgotten = EventCollector<Int>()
        let journal = try EventJournal(store, settings: settings) { _ in
        } notify: { notice in
            if case .forgot(_, let count) = notice { forgotten.report(count) }
        }
        for time in [old, old + 1, Self.now - 3_500_000, Self.now] { _ = journal.append(event("ce-\(time)", at: time)) }
        for sequence in 1...4 as ClosedRange<Int64> {
            journal.append(
                StoredAttempt(
                    sequence: sequence, number: 1, isFallback: false, startMilliseconds: old, outcome: .delivered))
        }
        for time in [old, Self.now] {
            journal.append(
                StoredUserError(user: "u-1", milliseconds: time, category: "unavailable", code: "x", message: ""))
        }
        await forgotten.events { $0.reduce(0, +) == 2 }
        await journal.flushed()
        let reader = EventReader(store)
        #expect(try reader.events(of: "u-1", after: 0, limit: 10).map(\.sequence) == [3, 4])
        #expect(try reader.deliveries(of: "u-1", EventReader.DeliveryQuery()).map(\.event.sequence) == [4, 3])
        #expect(try reader.attemptCount(of: 1) == 0)
        while try reader.errors(of: "u-1", offset: 0, limit: 10).count > 1 { await Task.yield() }
        journal.finish(within: .seconds(10))
    }

    @Test("after its end a journal takes nothing, and whoever waits for it goes on")
    func afterTheEnd() async throws {
        let store = try SQLiteStore(.memory)
        let journal = try EventJournal(store) { _ in
        } notify: { _ in
        }
        #expect(journal.append(event("ce-1")) == 1)
        journal.finish(within: .seconds(10))
        await journal.flushed()
        #expect(journal.append(event("ce-2")) == nil)
        await journal.flushed()
        #expect(try store.eventMarks().newest == 1)
    }

    @Test("the mark is written although nothing else is, and does not fall")
    func mark() async throws {
        let store = try SQLiteStore(.memory)
        let journal = try EventJournal(store) { _ in
        } notify: { _ in
        }
        _ = journal.append(event("ce-1"))
        await journal.flushed()
        journal.settle(before: 2)
        journal.settle(before: 1)
        journal.finish(within: .seconds(10))
        #expect(try store.eventMarks().settled == 2)
    }
}
