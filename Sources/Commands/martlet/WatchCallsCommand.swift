import ArgumentParser
import Foundation
import Glibc
import Management

/// `martlet calls watch`: the calls, drawn anew every second until Ctrl-C.
struct WatchCallsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Shows the calls, drawn anew every second, until Ctrl-C.",
        discussion: "Example:\n  martlet calls watch --active")

    @Flag(help: "Only calls in the states Connected, ARComplete and WaitRoute.")
    var active = false

    @OptionGroup var options: CallOptions

    func run() async throws {
        try await CommandOutput.concluding {
            let signals = SignalEvents([SIGINT, SIGTERM])
            let stream = signals.stream
            let isTerminal = isatty(STDOUT_FILENO) == 1 && !options.json
            var screen = isTerminal ? TerminalScreen() : nil
            defer { screen?.leave() }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { for await _ in stream { break } }
                group.addTask {
                    while !Task.isCancelled {
                        try draw(on: isTerminal)
                        try await Task.sleep(for: .seconds(1))
                    }
                }
                try await group.next()
                group.cancelAll()
            }
            screen?.leave()
            screen = nil
        }
    }

    private func draw(on isTerminal: Bool) throws {
        var calls = try options.ask(ControlRequest(.calls)).calls ?? []
        if active { calls.removeAll { !$0.isActive } }
        guard isTerminal else { return try options.show(calls) }
        let title = "\(calls.count == 1 ? "1 call" : "\(calls.count) calls"), Ctrl-C ends"
        TerminalScreen.draw("\(title)\n\n\(CallTable(calls).text)")
    }
}

/// The alternate screen of a terminal, so that what was there comes back.
struct TerminalScreen {
    init() { CommandOutput.raw("\u{1B}[?1049h\u{1B}[?25l") }

    /// Gives the ordinary screen and the cursor back.
    func leave() { CommandOutput.raw("\u{1B}[?25h\u{1B}[?1049l") }

    /// Draws over what is there, in one go and as far as the screen reaches, so that nothing flickers.
    static func draw(_ text: String) {
        var size = winsize()
        let height = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 0 ? Int(size.ws_row) : 24
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).prefix(height - 1)
        CommandOutput.raw("\u{1B}[H" + lines.map { "\($0)\u{1B}[K\r\n" }.joined() + "\u{1B}[J")
    }
}
