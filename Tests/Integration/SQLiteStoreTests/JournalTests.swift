import Accounting
import Addresses
import EventCollector
import Foundation
import GRDB
import TestFiles
import Testing
import Timeline

@testable import SQLiteStore

@Suite("Calls in progress", .timeLimit(.minutes(5)))
struct JournalTests {
    private let start: Int64 = 1_795_000_000_000

    private func call(_ number: UInt64) -> CallInProgress {
        var parties = CallParties()
        parties.callerNumberIn = Array("100".utf8)
        parties.account = 3
        parties.source = IPAddress("192.0.2.7")
        parties.userAgent = Array("phone".utf8)
        parties.prefix = Array("44".utf8)
        parties.price = Money(millionths: 60_000)
        var call = CallInProgress(call: number, node: "n", environment: 2, parties: parties)
        call.callerCallID = Array("a@b".utf8)
        call.setupMilliseconds = start + 1000
        call.answerMilliseconds = start + 3000
        return call
    }

    /// A record with the id that a process started at `start` gives.
    private func record(of call: UInt64) -> CallDetailRecord {
        let times = CallTimes(setup: .zero, setupMilliseconds: start + 1000)
        let ending = CallEnding(by: .callee, status: 200, cause: 16)
        let id = UInt64(bitPattern: (start + 7) << 22) + call
        return CallDetailRecord(id: id, call: call, parties: CallParties(), times: times, ending: ending)
    }

    private func write(_ records: [CallDetailRecord], to store: SQLiteStore) {
        let writer = CallDetailRecordWriter(store, recorded: { _ in }, notify: { _ in })
        writer.append(records)
        writer.finish(within: .seconds(10))
    }

    @Test("calls left behind get one record each, from their answer to when the process was last seen")
    func leftBehind() throws {
        let store = try SQLiteStore(.memory)
        #expect(try store.beginJournal(at: start).isEmpty)
        try store.journal(adding: [call(1), call(2)], removing: [], seen: start + 4000)
        try store.journal(adding: [], removing: [2], seen: start + 8000)
        let records = try store.beginJournal(at: start + 60_000)
        #expect(records.map(\.call) == [1])
        #expect(try store.newestRecords(limit: 10) == records)
        #expect(records[0].duration == .seconds(5))
        #expect(records[0].parties == call(1).parties)
        #expect(records[0].cost == Money(millionths: 5_000))
        #expect(records[0].ending.endedBy == .switch)
        #expect(records[0].node == "n" && records[0].environment == 2 && records[0].parties.account == 3)
        #expect(String(decoding: records[0].ending.detail, as: UTF8.self).hasPrefix("cut off"))
        #expect(try store.beginJournal(at: start + 61_000).isEmpty)
        #expect(try store.recordCount() == 1)
    }

    @Test("a call whose record was written before the end gets no second one")
    func recordedInTime() throws {
        let store = try SQLiteStore(.memory)
        _ = try store.beginJournal(at: start)
        try store.journal(adding: [call(1), call(2), call(3)], removing: [], seen: start + 4000)
        write([record(of: 2)], to: store)
        let records = try store.beginJournal(at: start + 60_000)
        #expect(records.map(\.call) == [1, 3])
        #expect(records.map(\.id) == [record(of: 1).id, record(of: 3).id])
        #expect(try store.recordCount() == 3)
    }

    @Test("a process that wrote no record leaves ids that collide with none of an earlier process")
    func noRecordYet() throws {
        let store = try SQLiteStore(.memory)
        _ = try store.beginJournal(at: start)
        write([record(of: 1), record(of: 2)], to: store)
        _ = try store.beginJournal(at: start + 60_000)
        try store.journal(adding: [call(1)], removing: [], seen: start + 70_000)
        #expect(try store.beginJournal(at: start + 80_000).map(\.call) == [1])
        #expect(try store.recordCount() == 3)
    }

    @Test("a store of the first schema gets the journal")
    func firstSchema() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/old.db"
        try DatabaseQueue(path: path).write { database in
            try database.execute(sql: StoreSchema.steps[0])
            try database.execute(sql: "PRAGMA user_version = 1")
        }
        #expect(try SQLiteStore(.file(path)).beginJournal(at: start).isEmpty)
    }
}
