import Glibc

/// The alternate screen of a terminal, so that what was there comes back.
struct TerminalScreen {
    init() { CommandOutput.raw("\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l") }

    /// Gives the ordinary screen and the cursor back.
    func leave() { CommandOutput.raw("\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l") }

    /// Rows and columns of the terminal; 24 and 80 where it does not say.
    static var size: (rows: Int, columns: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0, size.ws_col > 0 else {
            return (24, 80)
        }
        return (Int(size.ws_row), Int(size.ws_col))
    }

    /// Draws over what is there, in one go and as far as the screen reaches, so that nothing flickers.
    static func draw(_ lines: [String]) {
        let (rows, columns) = size
        let shown = lines.prefix(rows).map { "\($0.prefix(columns))\u{1B}[K" }
        CommandOutput.raw("\u{1B}[H" + shown.joined(separator: "\r\n") + "\u{1B}[J")
    }
}
