import Accounting
import Addresses
import EventCollector
import Foundation
import GRDB
import TestFiles
import Testing
import Timeline

@testable import SQLiteStore

@Suite("Call detail records", .timeLimit(.minutes(5)))
struct RecordWriterTests {
    let folder: TemporaryFolder
    let recorded = EventCollector<UInt64>()
    let notices = EventCollector<RecordWriterNotice>()

    init() throws {
        folder = try TemporaryFolder()
    }

    private var file: String { folder.path + "/martlet.db" }

    private func writer(_ store: SQLiteStore, capacity: Int = 1000) -> CallDetailRecordWriter {
        var settings = CallDetailRecordWriter.Settings()
        settings.interval = .milliseconds(1)
        settings.batch = 50
        settings.capacity = capacity
        settings.retry = .milliseconds(1)...Duration.milliseconds(5)
        return CallDetailRecordWriter(store, settings: settings) { [recorded] in
            recorded.report(contentsOf: $0)
        } notify: { [notices] in
            notices.report($0)
        }
    }

    private func record(_ id: UInt64) -> CallDetailRecord {
        var times = CallTimes(setup: .zero, setupMilliseconds: 1_700_000_000_123)
        times.end = .zero + .seconds(30)
        let ending = CallEnding(by: .caller, status: 200, cause: 16)
        return CallDetailRecord(id: id, call: id, parties: CallParties(), times: times, ending: ending)
    }

    @Test("a record comes back with every field and its attempts")
    func everyField() async throws {
        var record = record(.max)
        record.call = 1 << 63
        record.node = "node-ü"
        record.environment = 3
        record.callerCallID = Array("caller@x".utf8)
        record.calleeCallID = Array("callee@x".utf8)
        record.parties.callerNumberIn = Array("100".utf8)
        record.parties.calledNumberIn = Array("0049301".utf8)
        record.parties.callerNumberOut = Array("+100".utf8)
        record.parties.calledNumberOut = Array("+49301".utf8)
        record.parties.account = 1
        record.parties.customer = 2
        record.parties.vendor = 3
        record.parties.connection = 4
        record.parties.source = IPAddress("2001:db8::7")
        record.parties.userAgent = Array("Telefon ü/1.0".utf8)
        record.parties.prefix = Array("+493".utf8)
        record.parties.price = Money(millionths: 4_100)
        record.times.ringing = .zero + .milliseconds(250)
        record.times.answer = .zero + .milliseconds(1500)
        record.ending.clearingCause = 5
        record.ending.hangupCause = 6
        record.ending.detail = Array("max_credit_time reached".utf8)
        record.attempts = RouteAttempt.Outcome.allCases.enumerated().map { index, outcome in
            RouteAttempt(
                connection: index, outcome: outcome, status: 480, delay: .milliseconds(index),
                reason: Array("Temporarily Unavailable".utf8))
        }
        record.callerMedia = CallMediaRecord(packets: 1, bytes: 2, lost: -3, rejected: 4, jitter: .microseconds(5))
        record.calleeMedia = CallMediaRecord(packets: 6, bytes: 7, lost: 8, rejected: 9, jitter: .microseconds(10))
        let store = try SQLiteStore(.file(file))
        let writer = writer(store)
        writer.append([record])
        #expect(await recorded.events(atLeast: 1) == [.max])
        #expect(try store.records(ofCall: 1 << 63) == [record])
        writer.finish(within: .seconds(10))
    }

    @Test("bytes that are no text, and NUL, are stored as text that every reader can read")
    func hostileBytes() async throws {
        var record = record(1)
        record.parties.callerNumberIn = [0x31, 0x00, 0xFF, 0x32]
        record.parties.calledNumberIn = Array("\r\n'; DROP TABLE accounts; --".utf8)
        record.ending.detail = Array(repeating: 0xC3, count: 70_000)
        let store = try SQLiteStore(.memory)
        let writer = writer(store)
        writer.append([record])
        writer.append([self.record(2)])
        await recorded.events(atLeast: 2)
        let stored = try #require(try store.records(ofCall: 1).first)
        #expect(String(decoding: stored.parties.callerNumberIn, as: UTF8.self) == "1\u{FFFD}\u{FFFD}2")
        #expect(stored.parties.calledNumberIn == record.parties.calledNumberIn)
        #expect(String(decoding: stored.ending.detail, as: UTF8.self).count == 70_000)
        writer.finish(within: .seconds(10))
    }

    @Test("many records are stored once each and acknowledged in order")
    func manyRecords() async throws {
        let store = try SQLiteStore(.file(file))
        let writer = writer(store, capacity: 10_000)
        for id in 1...UInt64(5000) { #expect(writer.append([record(id)])) }
        writer.finish(within: .seconds(60))
        #expect(recorded.events == Array(1...5000))
        #expect(try store.recordCount() == 5000)
        #expect(writer.counts.waiting == 0)
        #expect(notices.events.isEmpty)
    }

    @Test("an id that another call has is not written over, and is told")
    func conflict() async throws {
        let store = try SQLiteStore(.file(file))
        let writer = writer(store)
        writer.append([record(1)])
        await recorded.events(atLeast: 1)
        var other = record(1)
        other.call = 2
        writer.append([other])
        let notice = await notices.events(atLeast: 1).first
        guard case .conflict(let refused) = notice else {
            Issue.record("\(String(describing: notice))")
            return
        }
        #expect(refused.call == 2)
        #expect(try store.records(ofCall: 1).count == 1)
        writer.finish(within: .seconds(10))
    }

    @Test("while the disk is full records wait, and none is lost or doubled when there is room again")
    func diskFull() async throws {
        let store = try SQLiteStore(.memory)
        try await store.queue.writeWithoutTransaction { database in
            let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            try database.execute(sql: "PRAGMA max_page_count = \(pages + 2)")
        }
        let writer = writer(store)
        for id in 1...UInt64(500) { writer.append([record(id)]) }
        await notices.events { notices in
            notices.contains { if case .failed(let error, _) = $0 { "\(error)".contains("full") } else { false } }
        }
        #expect(writer.counts.waiting > 0)
        try await store.queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = 100000") }
        #expect(await recorded.events(atLeast: 500).sorted() == Array(1...500))
        #expect(try store.recordCount() == 500)
        writer.finish(within: .seconds(10))
    }

    @Test("a full spool refuses, counts and tells, and never blocks")
    func spoolFull() async throws {
        let store = try SQLiteStore(.memory)
        try await store.queue.writeWithoutTransaction { database in
            let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            try database.execute(sql: "PRAGMA max_page_count = \(pages)")
        }
        let writer = writer(store, capacity: 1000)
        let kept = (1...UInt64(1100)).count { writer.append([record($0)]) }
        #expect(kept < 1100)
        #expect(writer.counts.refused == 1100 - kept)
        writer.finish(within: .zero)
        let told = notices.events.count {
            switch $0 {
            case .refused, .lost: true
            case .failed, .recovered, .conflict: false
            }
        }
        #expect(told + recorded.events.count == 1100)
    }

    @Test("a store whose file was removed is begun anew")
    func removedFile() async throws {
        let store = try SQLiteStore(.file(file))
        let writer = writer(store)
        writer.append([record(1)])
        await recorded.events(atLeast: 1)
        for suffix in ["", "-wal", "-shm"] { try FileManager.default.removeItem(atPath: file + suffix) }
        writer.append([record(2)])
        await recorded.events(atLeast: 2)
        #expect(try SQLiteStore(.file(file)).records(ofCall: 2).count == 1)
        guard case .failed = notices.events.first else {
            Issue.record("no failure told")
            return
        }
        writer.finish(within: .seconds(10))
    }

    @Test("no acknowledged record is lost and none doubled when the process is killed", arguments: 1...5)
    func killed(_ round: Int) async throws {
        var acknowledged: Set<UInt64> = []
        for start in 0..<2 {
            let victim = Process()
            victim.executableURL = URL(fileURLWithPath: BuiltProduct.path("RecordVictim"))
            victim.arguments = [file, "\(1 + start * 1_000_000)"]
            let pipe = Pipe()
            victim.standardOutput = pipe
            try victim.run()
            var output = Data()
            while output.count(where: { $0 == UInt8(ascii: "\n") }) < 40 * round {
                let chunk = pipe.fileHandleForReading.availableData
                if chunk.isEmpty { break }
                output += chunk
            }
            kill(victim.processIdentifier, SIGKILL)
            output += pipe.fileHandleForReading.readDataToEndOfFile()
            victim.waitUntilExit()
            let lines = String(decoding: output, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            acknowledged.formUnion(lines.dropLast().compactMap { UInt64($0) })
        }
        let store = try SQLiteStore(.file(file))
        let (ids, attempts, check) = try await store.queue.read { database in
            (
                try Int64.fetchAll(database, sql: "SELECT id FROM call_detail_records"),
                try Int.fetchOne(database, sql: "SELECT count(*) FROM route_attempts"),
                try String.fetchOne(database, sql: "PRAGMA integrity_check")
            )
        }
        let stored = Set(ids.map { UInt64($0) })
        #expect(acknowledged.count >= 80)
        #expect(acknowledged.isSubset(of: stored))
        #expect(stored.count == ids.count)
        #expect(attempts == ids.count)
        #expect(check == "ok")
    }
}
