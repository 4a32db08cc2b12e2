/// Durations as files write them: `500ms`, `10s`, `5m`, `1h`.
public enum DurationText {
    /// What a duration may look like, for errors.
    static let allowed = "a duration as 500ms, 10s, 5m or 1h"

    /// The duration that `text` writes, at most a hundred years; nil for anything else.
    public static func parse(_ text: String) -> Duration? {
        let digits = text.utf8.prefix { $0 &- 48 < 10 }
        guard !digits.isEmpty, digits.count <= 13, let number = Int64(String(Substring(digits))) else { return nil }
        let milliseconds: Int64
        switch text.dropFirst(digits.count) {
        case "ms": milliseconds = 1
        case "s": milliseconds = 1_000
        case "m": milliseconds = 60_000
        case "h": milliseconds = 3_600_000
        default: return nil
        }
        let (product, isTooLarge) = number.multipliedReportingOverflow(by: milliseconds)
        return isTooLarge || product > 3_155_760_000_000 ? nil : .milliseconds(product)
    }

    /// The shortest form of `duration`, cut to milliseconds: `1h`, `90s`, `1500ms`, `0s`.
    public static func write(_ duration: Duration) -> String {
        let milliseconds = duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
        if milliseconds % 1000 != 0 { return "\(milliseconds)ms" }
        if milliseconds == 0 || milliseconds % 60_000 != 0 { return "\(milliseconds / 1000)s" }
        if milliseconds % 3_600_000 != 0 { return "\(milliseconds / 60_000)m" }
        return "\(milliseconds / 3_600_000)h"
    }
}
