import ConfigurationFiles

/// Calls as a table of at most 100 columns, or of as many as a terminal has. Whatever a peer sends can neither break a
/// line nor steer a terminal.
public struct CallTable: Sendable {
    /// Widest line.
    public static let maximumWidth = 100

    private static let titles = [
        "ID", "STATE", "CLI", "CLD", "ACCOUNT", "CONNECTION", "DELAY", "DURATION", "MEDIA",
    ]
    /// What is done where a line would be too wide, in this order: columns are cut down to a width, 0 leaves one out.
    private static let cuts = [
        (column: 2, width: 16), (column: 3, width: 16), (column: 8, width: 15), (column: 8, width: 0),
        (column: 2, width: 9), (column: 3, width: 9), (column: 6, width: 0), (column: 5, width: 0),
        (column: 4, width: 0),
    ]
    private static let rightAligned: Set<Int> = [4, 5, 6, 7]
    /// Columns of numbers, whose middle says least.
    private static let numbers: Set<Int> = [2, 3]
    private static let gap = 2

    private let rows: [[String]]
    private let width: Int

    /// A table whose lines have at most `width` columns.
    public init(_ calls: some Sequence<CallListing>, width: Int = Self.maximumWidth) {
        self.width = min(width, Self.maximumWidth)
        rows = calls.map { call in
            [
                call.id, call.state, Self.cell(call.cli), Self.cell(call.cld),
                call.account == 0 ? "-" : "\(call.account)",
                call.connection.map { "\($0)" } ?? "-", Self.seconds(call.delay), Self.seconds(call.duration),
                Self.media(of: call),
            ]
        }
    }

    /// The table, or a sentence where there is no call.
    public var text: String { lines.joined(separator: "\n") }

    /// The lines of the table, its title first.
    public var lines: [String] {
        if rows.isEmpty {
            return [String("No calls. Place one with: martlet call sip:NUMBER@ADDRESS:PORT".prefix(width))]
        }
        let widths = self.widths
        return ([Self.titles] + rows).map { String(Self.line($0, widths).prefix(width)) }
    }

    /// Everything about one call, a line for each member.
    public static func details(of call: CallListing) -> String {
        let members = [
            ("ID", call.id), ("CC_STATE", call.state), ("CALL_ID", call.callID), ("CLI", call.cli), ("CLD", call.cld),
            ("I_ACCOUNT", "\(call.account)"), ("I_CUSTOMER", "\(call.customer)"),
            ("I_ENVIRONMENT", "\(call.environment)"), ("I_CONNECTION", call.connection.map { "\($0)" } ?? "-"),
            ("DIRECTION", call.direction), ("SETUP_TIME", call.setupTime), ("DELAY", seconds(call.delay)),
            ("DURATION", seconds(call.duration)), ("CALLER_MEDIA_IP", call.callerMedia),
            ("CALLEE_MEDIA_IP", call.calleeMedia),
        ]
        return members.map { "\(padded($0, to: 16))\($1.isEmpty ? "-" : $1.printable)" }.joined(separator: "\n")
    }

    private var widths: [Int] {
        var widths = Self.titles.indices.map { column in
            rows.reduce(Self.titles[column].count) { max($0, $1[column].count) }
        }
        for (column, width) in Self.cuts {
            let excess = widths.reduce(0) { $0 + ($1 == 0 ? 0 : $1 + Self.gap) } - Self.gap - self.width
            if excess <= 0 { break }
            widths[column] = width == 0 ? 0 : max(min(widths[column], width), widths[column] - excess)
        }
        return widths
    }

    private static func line(_ cells: [String], _ widths: [Int]) -> String {
        let parts = cells.indices.filter { widths[$0] > 0 }.map { column in
            let width = widths[column]
            let shown = shortened(cells[column], to: width, keepsEnd: numbers.contains(column))
            let isRight = rightAligned.contains(column)
            return isRight ? String(repeating: " ", count: width - shown.count) + shown : padded(shown, to: width)
        }
        let line = parts.joined(separator: String(repeating: " ", count: gap))
        return String(line.prefix(line.count - line.reversed().prefix { $0 == " " }.count))
    }

    /// The text with what does not fit replaced by an ellipsis: of numbers the middle, of everything else the end.
    private static func shortened(_ text: String, to width: Int, keepsEnd: Bool) -> String {
        guard text.count > width else { return text }
        let tail = keepsEnd ? (width - 1) / 2 : 0
        return text.prefix(width - 1 - tail) + "…" + text.suffix(tail)
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// The text with characters of one column each.
    private static func cell(_ text: String) -> String {
        var cell = ""
        for scalar in text.printable.unicodeScalars { cell.unicodeScalars.append(scalar.value < 0x300 ? scalar : "?") }
        return cell
    }

    /// `3.2s`, from an hour on `1:02:03`.
    private static func seconds(_ seconds: Double) -> String {
        let tenths = Int(max(0, min(seconds, 1e9)) * 10)
        if tenths < 36_000 { return "\(tenths / 10).\(tenths % 10)s" }
        let whole = tenths / 10
        return "\(whole / 3600):\(twoDigits(whole / 60 % 60)):\(twoDigits(whole % 60))"
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func media(of call: CallListing) -> String {
        if call.callerMedia.isEmpty && call.calleeMedia.isEmpty { return "-" }
        let sides = [call.callerMedia, call.calleeMedia].map { $0.isEmpty ? "-" : $0 }
        return sides[0] == sides[1] ? sides[0] : "\(sides[0]) \(sides[1])"
    }
}
