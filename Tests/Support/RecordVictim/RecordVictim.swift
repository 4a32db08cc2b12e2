import Accounting
import Foundation
import SQLiteStore
import Timeline

/// A process to be killed: writes call detail records to the store given as first argument, numbered from the second,
/// and prints the id of each once it is durable. With a third argument it writes so many, as fast as it can and without
/// a word, and ends: what a record costs is then the difference of two runs.
@main
struct RecordVictim {
    static func main() throws {
        let first = UInt64(CommandLine.arguments[2]) ?? 1
        let store = try SQLiteStore(.file(CommandLine.arguments[1]))
        if CommandLine.arguments.count > 3, let count = UInt64(CommandLine.arguments[3]) {
            let writer = CallDetailRecordWriter(store, recorded: { _ in }, notify: { print($0) })
            for id in first..<(first + count) { writer.append([record(id)]) }
            return writer.finish(within: .seconds(60))
        }
        var settings = CallDetailRecordWriter.Settings()
        settings.interval = .milliseconds(1)
        settings.batch = 20
        let writer = CallDetailRecordWriter(store, settings: settings) { ids in
            let lines = ids.map { "\($0)\n" }.joined()
            try? FileHandle.standardOutput.write(contentsOf: Data(lines.utf8))
        } notify: { notice in
            try? FileHandle.standardError.write(contentsOf: Data("\(notice)\n".utf8))
        }
        for id in first... {
            writer.append([record(id)])
            if id % 20 == 0 { usleep(500) }
        }
    }

    private static func record(_ id: UInt64) -> CallDetailRecord {
        var times = CallTimes(setup: .zero, setupMilliseconds: 1_700_000_000_000)
        times.end = .zero + .seconds(1)
        let ending = CallEnding(by: .callee, status: 486, cause: 17)
        var record = CallDetailRecord(id: id, call: id, parties: CallParties(), times: times, ending: ending)
        record.node = "node-1"
        record.callerCallID = Array("3c26700c1adb-\(id)@192.0.2.10".utf8)
        record.calleeCallID = Array("aiggcmqkf1d5tsbydhm31\(id)".utf8)
        record.parties.callerNumberIn = Array("13235550100".utf8)
        record.parties.calledNumberIn = Array("442079460011".utf8)
        record.parties.callerNumberOut = record.parties.callerNumberIn
        record.parties.calledNumberOut = record.parties.calledNumberIn
        record.parties.account = Int(id % 50) + 1
        record.attempts = [RouteAttempt(connection: 1, outcome: .answered, status: 486, delay: .milliseconds(5))]
        return record
    }
}
