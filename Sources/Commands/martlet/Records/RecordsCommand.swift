import ArgumentParser
import ConfigurationFiles
import Foundation
import SQLiteStore
import Timeline

/// `martlet records`: shows and exports call detail records.
struct RecordsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "records",
        abstract: "Shows call detail records, or writes them as CSV or JSON.",
        discussion: """
            The store is read as it is, whether or not a switch is running. Without --csv and --json the newest records are \
            shown in a table; with them all that fit are written, the oldest first, each as one line.
            Exit status: 0 done, 1 the store could not be read, 2 wrong usage or configuration.

            Examples:
              martlet records
              martlet records --since 24h --answered --csv > yesterday.csv
              martlet records --account 3 --since 2026-11-01 --until 2026-12-01 --json | jq .cost
            """)

    /// How records are written.
    enum Form: String, EnumerableFlag {
        case csv, json

        static func help(for value: Form) -> ArgumentHelp? {
            switch value {
            case .csv: "Write CSV (RFC 4180) with a line of titles."
            case .json: "Write one JSON object a line; its members are the columns of --csv."
            }
        }
    }

    @Option(
        help: ArgumentHelp(
            "Only calls set up from this moment on: a date, a time, or how long ago.", valueName: "when"))
    var since: RecordMoment?

    @Option(help: ArgumentHelp("Only calls set up before this moment.", valueName: "when"))
    var until: RecordMoment?

    @Option(help: ArgumentHelp("Only calls of this account.", valueName: "i_account"))
    var account: Int?

    @Option(help: ArgumentHelp("Only calls of this customer.", valueName: "i_customer"))
    var customer: Int?

    @Flag(help: "Only calls that were answered.")
    var answered = false

    @Option(help: "Only so many, the newest; 30 for the table where nothing is said.")
    var limit: Int?

    @Flag(exclusivity: .exclusive)
    var form: Form?

    @OptionGroup var options: ConfigurationOptions

    /// Records that are read at a time.
    private static let page = 1000

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1") }
    }

    func run() async throws {
        try await CommandOutput.concluding {
            let place = try options.read().storePlace
            guard place != .memory else {
                CommandOutput.complain(
                    "martlet: the store is in the memory of the running switch; there is no file to read")
                throw ExitCode(1)
            }
            let reader = RecordReader(at: place)
            switch form {
            case nil: try show(reader)
            case .csv?:
                CommandOutput.line(RecordLine.titles)
                try write(reader) { $0.csv }
            case .json?: try write(reader) { try $0.json }
            }
        }
    }

    private var query: RecordQuery {
        var query = RecordQuery()
        query.account = account
        query.customers = customer.map { [$0] }
        if answered { query.outcome = .answered }
        if since != nil || until != nil {
            let first = since?.milliseconds ?? 0
            query.setup = first...max(first, (until?.milliseconds ?? .max) - 1)
        }
        return query
    }

    /// The newest records that fit, the oldest of them first.
    private func newest(_ reader: RecordReader, _ count: Int) throws -> [RecordLine] {
        var query = query
        query.isNewestFirst = true
        query.limit = count
        return try reader.records(query).reversed().map(RecordLine.init)
    }

    private func show(_ reader: RecordReader) throws {
        let lines = try newest(reader, limit ?? 30)
        guard !lines.isEmpty else { return CommandOutput.line("no records") }
        CommandOutput.line(
            TextTable(RecordLine.tableTitles, lines.map(\.tableCells), right: RecordLine.numbersOfTable).text)
    }

    private func write(_ reader: RecordReader, _ text: (RecordLine) throws -> String) throws {
        if let limit {
            for line in try newest(reader, limit) { CommandOutput.line(try text(line)) }
            return
        }
        var query = query
        query.limit = Self.page
        while true {
            let records = try reader.records(query)
            let lines = try records.map { try text(RecordLine($0)) }
            if !lines.isEmpty { CommandOutput.line(lines.joined(separator: "\n")) }
            guard let last = records.last, records.count == Self.page else { return }
            query.after = last.id
        }
    }
}
