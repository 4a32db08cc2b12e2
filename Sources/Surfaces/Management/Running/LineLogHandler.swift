import ConfigurationFiles
import Foundation
import Glibc
import Logging
import Timeline

/// Writes each log event as one line to standard error, for people or as a JSON object. Whatever a peer sends can
/// neither break a line nor steer a terminal.
public struct LineLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    private let format: LogSettings.Format

    public init(_ settings: LogSettings) {
        logLevel = Logger.Level(rawValue: settings.level.rawValue) ?? .info
        format = settings.format
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let milliseconds = Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        let fields = all.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
        let date = UTCTime(milliseconds: milliseconds).extended
        let line = Self.line(format, date, event.level, event.message.description, fields)
        Array(line.utf8).withUnsafeBytes { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// One event as a line with its end.
    static func line(
        _ format: LogSettings.Format, _ date: String, _ level: Logger.Level, _ message: String,
        _ fields: [(String, String)]
    ) -> String {
        switch format {
        case .text:
            let name = level.rawValue + String(repeating: " ", count: max(0, 8 - level.rawValue.utf8.count))
            let rest = fields.map { " \($0.printable)=\(Self.word($1))" }.joined()
            return "\(date) \(name) \(message.printable)\(rest)\n"
        case .json:
            let parts = [("time", date), ("level", level.rawValue), ("message", message)] + fields
            return "{\(parts.map { "\(Self.json($0)):\(Self.json($1))" }.joined(separator: ","))}\n"
        }
    }

    /// The text plain where it is one word, else between quotes.
    private static func word(_ text: String) -> String {
        let isPlain = !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") }
        if isPlain { return text }
        let hasMarks = text.utf8.contains { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\"") }
        guard hasMarks else { return "\"\(text.printable)\"" }
        return "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").printable)\""
    }

    /// The text as a JSON string, ASCII control characters and line separators escaped.
    private static func json(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
