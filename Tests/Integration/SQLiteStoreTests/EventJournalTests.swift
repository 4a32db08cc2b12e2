import EventCollector
import Foundation
import Synchronization
import TestFiles
import Testing
import Timeline

@testable import SQLiteStore

@Suite("The journal of events", .timeLimit(.minutes(5)))
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
            journal.append([
                StoredAttempt(
                    sequence: sequence, number: 1, isFallback: false, startMilliseconds: old, outcome: .delivered)
            ])
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
        #expect(try reader.attemptCounts(of: [1, 4]) == [0, 1])
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

    /// A journal on a file, and what it told.
    private struct Kept {
        let folder: TemporaryFolder
        let file: String
        let journal: EventJournal
        let durable = EventCollector<String>()
        let failures = EventCollector<StoreError>()

        init() throws {
            folder = try TemporaryFolder()
            file = folder.path + "/events.db"
            let (durable, failures) = (durable, failures)
            journal = try EventJournal(SQLiteStore(.file(file))) {
                for event in $0 { durable.report(event.id) }
            } notify: {
                if case .failed(let error, waiting: _) = $0 { failures.report(error) }
            }
        }

        /// The ids in the file that is there now.
        var ids: [String] {
            get throws {
                try EventReader(SQLiteStore(.file(file))).events(of: "u-1", after: 0, limit: 100).map(\.id)
            }
        }
    }

    @Test("where the file was removed or replaced, what is told next is written to the one that is there then")
    func replacedFile() async throws {
        let kept = try Kept()
        _ = kept.journal.append(event("ce-1"))
        await kept.durable.events(atLeast: 1)
        for suffix in ["", "-wal", "-shm"] { try FileManager.default.removeItem(atPath: kept.file + suffix) }
        _ = kept.journal.append(event("ce-2"))
        #expect(await kept.durable.events(atLeast: 2) == ["ce-1", "ce-2"])
        #expect(try kept.ids == ["ce-2"] && kept.failures.events.count == 1)

        // Another database takes its place, and its reader follows.
        let other = try TemporaryFolder()
        let reader = EventReader(try SQLiteStore(.file(kept.file)))
        #expect(try reader.events(of: "u-1", after: 0, limit: 10).map(\.sequence) == [2])
        do {
            let store = try SQLiteStore(.file(other.path + "/events.db"))
            let journal = try EventJournal(store) { _ in
            } notify: { _ in
            }
            _ = journal.append(event("ce-other"))
            journal.finish(within: .seconds(10))
            // All of it is in the one file that is moved.
            _ = try await store.queue.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        }
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: kept.file + suffix) }
        try FileManager.default.moveItem(atPath: other.path + "/events.db", toPath: kept.file)
        _ = kept.journal.append(event("ce-3"))
        await kept.durable.events(atLeast: 3)
        #expect(try kept.ids == ["ce-other", "ce-3"])
        #expect(try reader.events(of: "u-1", after: 0, limit: 10).map(\.id) == ["ce-other", "ce-3"])
        kept.journal.finish(within: .seconds(10))
    }

    @Test("while another process has locked the file everything waits, and is written in order when it is free")
    func lockedFile() async throws {
        let kept = try Kept()
        let locking = try SQLiteStore(.file(kept.file)).queue
        let (locked, mayEnd) = (EventCollector<Bool>(), DispatchSemaphore(value: 0))
        locking.asyncWriteWithoutTransaction { database in
            do {
                try database.execute(sql: "BEGIN EXCLUSIVE")
                locked.report(true)
                mayEnd.wait()
                try database.execute(sql: "COMMIT")
            } catch {
                locked.report(false)
            }
        }
        #expect(await locked.events(atLeast: 1) == [true])
        let ids = (1...50).map { "ce-\($0)" }
        for id in ids { #expect(kept.journal.append(event(id)) != nil) }
        await kept.failures.events(atLeast: 1)
        #expect(kept.durable.events.isEmpty && kept.journal.waitingCount == 50)
        mayEnd.signal()
        #expect(await kept.durable.events(atLeast: 50) == ids)
        #expect(try kept.ids == ids)
        kept.journal.finish(within: .seconds(10))
    }
}
