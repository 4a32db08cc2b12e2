import Accounting
import Foundation
import SQLiteStore
import Timeline

/// A process to be killed: writes call detail records to the store given as first argument, numbered from the second,
/// and prints the id of each once it is durable.
@main
struct RecordVictim {
    static func main() throws {
        let first = UInt64(CommandLine.arguments[2]) ?? 1
        let store = try SQLiteStore(.file(CommandLine.arguments[1]))
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
        record.attempts = [RouteAttempt(connection: 1, outcome: .answered, status: 486, delay: .milliseconds(5))]
        return record
    }
}
