import Foundation
import Timeline

/// One line about one run: the original's `UAS_ADR.log`.
public struct ApplicationDataRecord: Equatable, Sendable {
    public var direction: Direction
    public var application: String
    /// Names the run, as `35.4058`.
    public var run: String
    public var started: Date
    public var duration: Duration
    public var result: Int
    /// The caller of an inbound run.
    public var caller: String
    /// Parameters of the application.
    public var parameters: String
    /// What an outbound run was started with.
    public var outboundParameters: String

    public enum Direction: String, Hashable, Sendable { case inbound, outbound }

    /// The line: time, direction, name, run, start, seconds with one decimal, result, caller in brackets or NA,
    /// parameters in brackets, outbound parameters in brackets. Control characters are shown as `?`.
    public func line(at time: Date) -> String {
        let (seconds, attoseconds) = duration.components
        let tenths = seconds * 10 + (attoseconds + 50_000_000_000_000_000) / 100_000_000_000_000_000
        var fields = [
            Self.text(time), direction.rawValue, application, run, Self.text(started),
            "\(tenths / 10).\(tenths % 10)", "\(result)", direction == .inbound ? "[\(caller)]" : "NA",
            "[\(parameters)]",
        ]
        if direction == .outbound { fields.append("[\(outboundParameters)]") }
        return fields.map(Self.printable).joined(separator: " ")
    }

    private static func text(_ time: Date) -> String {
        UTCTime(milliseconds: Int64(time.timeIntervalSince1970 * 1000)).extended
    }

    private static func printable(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) { return text }
        let shown = text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? "?" : $0 }
        return String(String.UnicodeScalarView(shown))
    }
}
