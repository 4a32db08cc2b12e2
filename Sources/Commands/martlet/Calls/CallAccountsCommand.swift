import ArgumentParser
import Management

/// `martlet calls accounts`: how many calls each account has.
struct CallAccountsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accounts", abstract: "Counts the calls of each account that has any.",
        discussion: """
            Costs the switch as much as there are accounts with calls, however many calls there are.

            Examples:
              martlet calls accounts
              martlet calls accounts --customer 2 --json
            """)

    @Option(help: ArgumentHelp("The customer whose own accounts are counted.", valueName: "i_customer"))
    var customer = 1

    @OptionGroup var options: CallOptions

    func run() async throws {
        try await CommandOutput.concluding {
            let accounts = try options.ask(ControlRequest(.accounts, id: "\(customer)")).accounts ?? []
            if options.json { return CommandOutput.line(try CallOptions.encoded(accounts)) }
            if accounts.isEmpty { return CommandOutput.line("No account of customer \(customer) has calls.") }
            CommandOutput.line("ACCOUNT               CALLS  CONNECTED")
            for account in accounts {
                let name = Self.padded("\(account.account)", to: 19, isRight: false)
                let total = Self.padded("\(account.total)", to: 8, isRight: true)
                CommandOutput.line("\(name)\(total)\(Self.padded("\(account.connected)", to: 11, isRight: true))")
            }
        }
    }

    private static func padded(_ text: String, to width: Int, isRight: Bool) -> String {
        let spaces = String(repeating: " ", count: max(0, width - text.count))
        return isRight ? spaces + text : text + spaces
    }
}
