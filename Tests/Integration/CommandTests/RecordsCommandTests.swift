import Accounting
import OwnThread
import SQLiteStore
import TestFiles
import Testing
import Timeline

@testable import martlet

@Suite("martlet records", .ownThread)
struct RecordsCommandTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func martlet(_ arguments: String...) throws -> ProgramRun {
        try ProgramRun("martlet", ["records"] + arguments, in: folder)
    }

    /// A record of a call on 2026-03-05 at 08:00 and so many minutes; even ones were answered for 61.5 s.
    private func record(_ number: UInt64, caller: String = "2025550100") -> CallDetailRecord {
        var parties = CallParties()
        parties.callerNumberIn = Array(caller.utf8)
        parties.calledNumberIn = Array("13125550147".utf8)
        parties.account = number.isMultiple(of: 2) ? 3 : 4
        parties.price = Money(millionths: 60_000)
        var times = CallTimes(setup: .zero, setupMilliseconds: 1_772_697_600_000 + Int64(number) * 60_000)
        times.end = .zero + .seconds(2)
        if number.isMultiple(of: 2) {
            times.answer = .zero + .seconds(2)
            times.end = .zero + .milliseconds(63_500)
        }
        let ending = CallEnding(
            by: .callee, status: number.isMultiple(of: 2) ? 200 : 486, cause: 16, clearingCause: 0, hangupCause: 0)
        return CallDetailRecord(id: number, call: 100 + number, parties: parties, times: times, ending: ending)
    }

    private func keep(_ records: [CallDetailRecord]) throws {
        let store = try SQLiteStore(.file(folder.path + "/var/martlet.db"))
        let writer = CallDetailRecordWriter(store, recorded: { _ in }, notify: { _ in })
        writer.append(records)
        writer.finish(within: .seconds(10))
    }

    @Test("CSV has a line of titles and one for each record, the oldest first, over several pages")
    func csv() throws {
        try keep((1...2100).map { record($0) })
        let run = try martlet("--csv")
        #expect(run.status == 0)
        let lines = run.output.split(separator: "\n")
        #expect(lines.count == 2101)
        let titles = lines[0].split(separator: ",")
        #expect(titles.prefix(4) == ["id", "call", "origin", "setup"])
        let cells = lines[2].split(separator: ",", omittingEmptySubsequences: false)
        #expect(cells.count == titles.count)
        let values = Dictionary(uniqueKeysWithValues: zip(titles, cells))
        #expect(values["setup"] == "2026-03-05T08:02:00.000Z")
        #expect(values["answer"] == "2026-03-05T08:02:02.000Z")
        #expect(values["duration_ms"] == "61500")
        #expect(values["billed_seconds"] == "62")
        #expect(values["cost"] == "0.062")
        #expect(lines.dropFirst().map { String($0.prefix { $0 != "," }) } == (1...2100).map(String.init))
    }

    @Test("what a caller writes into a field can neither add a column, a line, nor a formula")
    func hostile() throws {
        let callers = ["a,b", "a\"b", "a\r\nb", "=1+2", "+13125550110", "@x"]
        try keep(callers.enumerated().map { record(UInt64($0.offset + 1), caller: $0.element) })
        let run = try martlet("--csv")
        #expect(run.output.split(separator: "\n").count == callers.count + 1)
        for cell in ["\"a,b\"", "\"a\"\"b\"", "a\\u{d}\\u{a}b", "'=1+2", "+13125550110", "'@x"] {
            #expect(run.output.contains(",\(cell),"))
        }
    }

    @Test("records are chosen by account, answer, time and number")
    func filters() throws {
        try keep((1...10).map { record($0) })
        func ids(_ arguments: String...) throws -> [String] {
            let run = try ProgramRun("martlet", ["records", "--json"] + arguments, in: folder)
            #expect(run.status == 0)
            return run.output.split(separator: "\n").compactMap { line in
                line.split(separator: "\"id\":\"").dropFirst().first.map { String($0.prefix { $0 != "\"" }) }
            }
        }
        #expect(try ids() == (1...10).map(String.init))
        #expect(try ids("--account", "4") == ["1", "3", "5", "7", "9"])
        #expect(try ids("--answered", "--limit", "2") == ["8", "10"])
        #expect(try ids("--since", "2026-03-05T08:03:00Z", "--until", "2026-03-05T08:05:00") == ["3", "4"])
        #expect(try ids("--since", "2026-03-06") == [])
        #expect(try ids("--until", "2026-03-05") == [])
    }

    @Test("a table shows the newest, and says where there are none")
    func table() throws {
        try keep([record(1, caller: "\u{1B}[2J")])
        let run = try martlet()
        #expect(run.status == 0)
        #expect(run.output.hasPrefix("set up"))
        #expect(run.output.contains("2026-03-05 08:01:00"))
        #expect(!run.output.contains("\u{1B}"))
        #expect(try martlet("--account", "99").output == "no records\n")
    }

    @Test("a store that is not there, wrong moments and wrong numbers are told")
    func wrong() throws {
        #expect(try martlet().status == 1)
        #expect(try martlet("--since", "yesterday").status == 2)
        #expect(try martlet("--limit", "0").status == 2)
        #expect(try martlet("--csv", "--json").status == 2)
    }

    @Test("moments are dates, times, and how long ago")
    func moments() {
        #expect(RecordMoment("1970-01-02", now: 0)?.milliseconds == 86_400_000)
        #expect(RecordMoment("1970-01-01T00:00:01Z", now: 0)?.milliseconds == 1000)
        #expect(RecordMoment("90m", now: 6_000_000)?.milliseconds == 600_000)
        #expect(RecordMoment("2d", now: 200_000_000)?.milliseconds == 27_200_000)
        for text in ["", "d", "-1d", "99999999999d", "2026-13-01", "tomorrow"] {
            #expect(RecordMoment(text, now: 0) == nil)
        }
    }
}
