import Foundation

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
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        var fields = [
            time.formatted(Self.style), direction.rawValue, application, run, started.formatted(Self.style),
            String(format: "%.1f", seconds), "\(result)", direction == .inbound ? "[\(caller)]" : "NA",
            "[\(parameters)]",
        ]
        if direction == .outbound { fields.append("[\(outboundParameters)]") }
        return fields.map(Self.printable).joined(separator: " ")
    }

    private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    private static func printable(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? "?" : $0 }))
    }
}
