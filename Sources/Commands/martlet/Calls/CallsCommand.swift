import ArgumentParser

/// `martlet calls`: the calls of the running switch.
struct CallsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calls",
        abstract: "Lists, shows, watches and ends the running switch's calls.",
        discussion: """
            Without a sub-command all calls are listed. Exit status: 0 done, 1 not done (no such call, no running \
            switch), 2 wrong usage or configuration.

            Examples:
              martlet calls
              martlet calls active --account 3 --order longest_first
              martlet calls list --state Dead --json
              martlet calls show 71
              martlet calls accounts
              martlet calls hangup 71
              martlet calls hangup --customer 2
              martlet calls watch
            """,
        subcommands: [
            ListCallsCommand.self, ActiveCallsCommand.self, ShowCallCommand.self, CallAccountsCommand.self,
            HangUpCommand.self, WatchCallsCommand.self,
        ],
        defaultSubcommand: ListCallsCommand.self)
}
