import ArgumentParser
import Management

/// `martlet calls list`.
struct ListCallsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the calls in every state.",
        discussion: """
            Dead calls stay listed for 32 s; WaitAuth is a caller that has been asked for a password.

            Examples:
              martlet calls list
              martlet calls list --state Dead --order oldest_last
              martlet calls list --connection 4 --json
            """)

    @OptionGroup var filter: CallFilterOptions
    @OptionGroup var options: CallOptions

    func run() async throws { try await options.list(filter.request(.all)) }
}

/// `martlet calls active`.
struct ActiveCallsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "active", abstract: "Lists the calls in the states Connected, ARComplete and WaitRoute.",
        discussion: """
            Examples:
              martlet calls active
              martlet calls active --account 3 --order longest_first
            """)

    @OptionGroup var filter: CallFilterOptions
    @OptionGroup var options: CallOptions

    func run() async throws { try await options.list(filter.request(.active)) }
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

extension CallOptions {
    /// Prints the calls that the switch answers `request` with, as a table or as JSON.
    fileprivate func list(_ request: ControlRequest) async throws {
        try await CommandOutput.concluding {
            let calls = try ask(request).calls ?? []
            if calls.isEmpty && !json && request.filter?.isNarrow == true {
                return CommandOutput.line("No such calls.")
            }
            CommandOutput.line(json ? try Self.encoded(calls) : CallTable(calls).text)
        }
    }
}
