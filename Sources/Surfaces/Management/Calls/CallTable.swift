import ConfigurationFiles

/// Calls as a table of at most 100 columns. Whatever a peer sends can neither break a line nor steer a terminal.
public struct CallTable: Sendable {
    /// Widest line.
    public static let maximumWidth = 100

    private static let titles = [
        "ID", "STATE", "CLI", "CLD", "ACCOUNT", "CONNECTION", "DELAY", "DURATION", "MEDIA",
    ]
    /// Columns that are cut where a line would be too wide, in this order, and the width that each keeps.
    private static let cuts = [(column: 8, width: 7), (column: 2, width: 8), (column: 3, width: 8)]
    private static let rightAligned: Set<Int> = [4, 5, 6, 7]

    private let rows: [[String]]

    public init(_ calls: [CallListing]) {
        rows = calls.map { call in
            [
                call.id, call.state, call.cli.printable, call.cld.printable,
                call.account == 0 ? "-" : "\(call.account)",
                call.connection.map { "\($0)" } ?? "-", Self.seconds(call.delay), Self.seconds(call.duration),
                Self.media(of: call),
            ]
        }
    }

    /// The table, or a sentence where there is no call.
    public var text: String {
        if rows.isEmpty { return "No calls. Place one with: martlet call sip:NUMBER@ADDRESS:PORT" }
        let widths = self.widths
        return ([Self.titles] + rows).map { Self.line($0, widths) }.joined(separator: "\n")
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
        var excess = widths.reduce(0, +) + 2 * (widths.count - 1) - Self.maximumWidth
        for (column, width) in Self.cuts where excess > 0 {
            let cut = min(excess, max(0, widths[column] - width))
            widths[column] -= cut
            excess -= cut
        }
        return widths
    }

    private static func line(_ cells: [String], _ widths: [Int]) -> String {
        let parts = cells.indices.map { column in
            let cell = cells[column]
            let width = widths[column]
            let shown = cell.count > width ? cell.prefix(width - 1) + "…" : cell
            let isRight = rightAligned.contains(column)
            return isRight ? String(repeating: " ", count: width - shown.count) + shown : padded(shown, to: width)
        }
        let line = parts.joined(separator: "  ")
        return String(line.prefix(line.count - line.reversed().prefix { $0 == " " }.count))
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
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
