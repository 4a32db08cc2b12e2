import ArgumentParser
import ConfigurationFiles
import Foundation
import Management

/// `martlet calls`: the calls of the running switch.
struct CallsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calls",
        abstract: "Lists, shows, watches and ends the running switch's calls.",
        discussion: """
            Examples:
              martlet calls
              martlet calls active --json
              martlet calls show 71
              martlet calls hangup 71
              martlet calls watch
            """,
        subcommands: [
            ListCallsCommand.self, ActiveCallsCommand.self, ShowCallCommand.self, HangUpCommand.self,
            WatchCallsCommand.self,
        ],
        defaultSubcommand: ListCallsCommand.self)
}

/// How calls are asked for and shown.
struct CallOptions: ParsableArguments {
    @Flag(help: "Print JSON; the member names are those of the XML-RPC interface.")
    var json = false

    @OptionGroup var configuration: ConfigurationOptions

    /// Asks the running switch; what it refuses is told, and ends the process with status 1.
    func ask(_ request: ControlRequest) throws -> ControlResponse {
        let response = try ControlClient(path: configuration.read().controlPath).ask(request)
        guard let error = response.error else { return response }
        CommandOutput.complain("martlet: \(error.printable)")
        throw ExitCode(1)
    }

    /// Prints calls as a table or as JSON.
    func show(_ calls: [CallListing]) throws {
        CommandOutput.line(json ? try Self.encoded(calls) : CallTable(calls).text)
    }

    /// The JSON of a value, its members sorted by name.
    static func encoded(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

/// `martlet calls list`.
struct ListCallsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the calls in every state.",
        discussion: "Example:\n  martlet calls list --json")

    @OptionGroup var options: CallOptions

    func run() async throws {
        try await CommandOutput.concluding {
            try options.show(try options.ask(ControlRequest(.calls)).calls ?? [])
        }
    }
}

/// `martlet calls active`.
struct ActiveCallsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "active", abstract: "Lists the calls in the states Connected, ARComplete and WaitRoute.",
        discussion: "Example:\n  martlet calls active")

    @OptionGroup var options: CallOptions

    func run() async throws {
        try await CommandOutput.concluding {
            try options.show((try options.ask(ControlRequest(.calls)).calls ?? []).filter(\.isActive))
        }
    }
}

/// `martlet calls show`.
struct ShowCallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows everything about one call.",
        discussion: "Example:\n  martlet calls show 71")

    @Argument(help: ArgumentHelp("Number of the call.", valueName: "id"))
    var id: UInt64

    @OptionGroup var options: CallOptions

    func run() async throws {
        try await CommandOutput.concluding {
            guard let call = try options.ask(ControlRequest(.call, id: "\(id)")).calls?.first else { return }
            CommandOutput.line(options.json ? try CallOptions.encoded(call) : CallTable.details(of: call))
        }
    }
}

/// `martlet calls hangup`.
struct HangUpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hangup", abstract: "Ends one call.", discussion: "Example:\n  martlet calls hangup 71")

    @Argument(help: ArgumentHelp("Number of the call.", valueName: "id"))
    var id: UInt64

    @OptionGroup var options: CallOptions

    func run() async throws {
        try await CommandOutput.concluding {
            _ = try options.ask(ControlRequest(.disconnect, id: "\(id)"))
            CommandOutput.line(options.json ? "{\"ID\":\"\(id)\"}" : "call \(id) is being ended")
        }
    }
}
