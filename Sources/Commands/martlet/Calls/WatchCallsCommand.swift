import ArgumentParser
import Glibc
import Management
import Serving

/// `martlet calls watch`: the calls, drawn anew until Ctrl-C.
struct WatchCallsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Shows the calls, drawn anew every second, until Ctrl-C.",
        discussion: """
            Shows as many calls as the window has lines. Where the output is no terminal, the table is printed again \
            and again.

            Examples:
              martlet calls watch
              martlet calls watch --active --order longest_first
              martlet calls watch --customer 2 --interval 0.2
            """)

    @Flag(help: "Only calls in the states Connected, ARComplete and WaitRoute.")
    var active = false

    @Option(help: ArgumentHelp("Seconds between two drawings, at least 0.1.", valueName: "seconds"))
    var interval = 1.0

    @OptionGroup var filter: CallFilterOptions
    @OptionGroup var options: CallOptions

    func validate() throws {
        if !(0.1...3600).contains(interval) { throw ValidationError("--interval is 0.1 to 3600 seconds.") }
    }

    func run() async throws {
        try await CommandOutput.concluding {
            let isTerminal = isatty(STDOUT_FILENO) == 1 && !options.json
            try draw(on: false, silently: isTerminal)
            let signals = SignalEvents([SIGINT, SIGTERM, SIGHUP, SIGWINCH])
            let screen = isTerminal ? TerminalScreen() : nil
            defer { screen?.leave() }
            try await withThrowingTaskGroup(of: Void.self) { group in
                let stream = signals.stream
                group.addTask {
                    for await signal in stream {
                        guard signal == SIGWINCH else { return }
                        if isTerminal { try draw(on: true) }
                    }
                }
                group.addTask {
                    while !Task.isCancelled {
                        try draw(on: isTerminal)
                        try await Task.sleep(for: .seconds(interval))
                    }
                }
                try await group.next()
                group.cancelAll()
            }
        }
    }

    /// Draws the calls there are now; silently, to learn whether they can be had at all.
    private func draw(on isTerminal: Bool, silently isSilent: Bool = false) throws {
        let (rows, columns) = TerminalScreen.size
        // Title, empty line, column titles, and a line for what does not fit.
        let room = max(1, rows - 4)
        let response = try options.ask(
            filter.request(active ? .active : .all, limit: isSilent ? 1 : isTerminal ? room : nil))
        if isSilent { return }
        let calls = response.calls ?? []
        if options.json { return CommandOutput.line(try CallOptions.encoded(calls)) }
        let count = response.count ?? calls.count
        let title = "\(count == 1 ? "1 call" : "\(count) calls")"
        guard isTerminal else { return CommandOutput.line("\(title)\n\n\(CallTable(calls).text)\n") }
        var lines = ["\(title), Ctrl-C ends", ""] + CallTable(calls, width: columns).lines
        if count > calls.count { lines.append("… and \(count - calls.count) more") }
        TerminalScreen.draw(lines)
    }
}
