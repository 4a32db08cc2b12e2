import Accounting
import ConfigurationFiles
import Foundation
import Timeline

/// One call detail record as a line of a table, of CSV, or of JSON.
struct RecordLine {
    private enum Cell {
        case text(String)
        case number(Int64)
        case none
    }

    private let record: CallDetailRecord

    init(_ record: CallDetailRecord) { self.record = record }

    /// Names and values, in the order of the columns of CSV; the names are those of the store.
    private var columns: [(name: String, cell: Cell)] {
        let (parties, times, ending) = (record.parties, record.times, record.ending)
        return [
            ("id", .text(String(record.id))), ("call", .text(String(record.call))),
            ("origin", .text("\(record.origin.word)")), ("setup", moment(times.setup)),
            ("ringing", moment(times.ringing)),
            ("answer", moment(times.answer)), ("end", moment(times.end)),
            ("duration_ms", .number(record.duration.nanoseconds / 1_000_000)),
            ("billed_seconds", .number(record.billedSeconds)), ("price", .text("\(parties.price)")),
            ("cost", .text("\(record.cost)")), ("cli_in", text(parties.callerNumberIn)),
            ("cld_in", text(parties.calledNumberIn)), ("cli_out", text(parties.callerNumberOut)),
            ("cld_out", text(parties.calledNumberOut)), ("i_account", .number(Int64(parties.account))),
            ("i_customer", .number(Int64(parties.customer))), ("i_vendor", .number(Int64(parties.vendor))),
            ("i_connection", .number(Int64(parties.connection))), ("prefix", text(parties.prefix)),
            ("remote_ip", .text(parties.source?.description ?? "")), ("user_agent", text(parties.userAgent)),
            ("ended_by", .text("\(ending.endedBy.word)")), ("status", .number(Int64(ending.status))),
            ("cause", .number(Int64(ending.cause))), ("detail", text(ending.detail)),
            ("caller_call_id", text(record.callerCallID)), ("callee_call_id", text(record.calleeCallID)),
        ]
    }

    private func text(_ bytes: [UInt8]) -> Cell { .text(String(decoding: bytes, as: UTF8.self).printable) }

    private func moment(_ instant: Instant?) -> Cell {
        instant.map { .text(UTCTime(milliseconds: record.times.milliseconds(of: $0)).extended) } ?? .none
    }

    // MARK: CSV (RFC 4180)

    /// The line of titles.
    static let titles = RecordLine(
        CallDetailRecord(
            id: 0, call: 0, parties: CallParties(), times: CallTimes(setup: .zero, setupMilliseconds: 0),
            ending: CallEnding(by: .switch, status: 0, cause: 0, clearingCause: 0, hangupCause: 0))
    ).columns.map(\.name).joined(separator: ",")

    /// The values of the columns, quoted where that is needed; one that a spreadsheet would take for a formula has an
    /// apostrophe before it, telephone numbers apart.
    var csv: String {
        columns.map { column in
            switch column.cell {
            case .number(let value): String(value)
            case .none: ""
            case .text(let text): Self.quoted(text)
            }
        }.joined(separator: ",")
    }

    private static func quoted(_ text: String) -> String {
        let isNumber = text.dropFirst().utf8.allSatisfy { (48...57).contains($0) }
        let isFormula = text.first.map("=+-@".contains) ?? false
        let safe = isFormula && !isNumber ? "'" + text : text
        guard safe.contains(where: { $0 == "," || $0 == "\"" }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }

    // MARK: JSON

    /// An object of the columns that have a value.
    var json: String {
        get throws {
            var members: [String: JSONMember] = [:]
            for column in columns {
                switch column.cell {
                case .text(let text): members[column.name] = .text(text)
                case .number(let value): members[column.name] = .number(value)
                case .none: break
                }
            }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(members), as: UTF8.self)
        }
    }

    private enum JSONMember: Encodable {
        case text(String)
        case number(Int64)

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .number(let value): try container.encode(value)
            }
        }
    }

    // MARK: The table

    static let tableTitles = ["set up", "caller", "called", "account", "route", "seconds", "status", "ended by", "why"]
    static let numbersOfTable: Set<Int> = [3, 4, 5, 6]

    var tableCells: [String] {
        let (parties, ending) = (record.parties, record.ending)
        let setup = UTCTime(milliseconds: record.times.setupMilliseconds).extended
        return [
            String(setup.prefix(19)).replacing("T", with: " "), String(decoding: parties.callerNumberIn, as: UTF8.self),
            String(decoding: parties.calledNumberIn, as: UTF8.self), String(parties.account),
            String(parties.connection), String(record.billedSeconds), String(ending.status), "\(ending.endedBy.word)",
            String(decoding: ending.detail, as: UTF8.self),
        ]
    }
}
