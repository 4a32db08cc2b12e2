import Foundation

/// Instants as files write them: `2026-12-31T23:59:59Z`.
enum DateText {
    /// What an instant may look like, for errors.
    static let allowed = "a time in UTC as 2026-12-31T23:59:59Z"

    /// The instant that `text` writes, in milliseconds since 1970-01-01 00:00 UTC; nil for anything else.
    static func parse(_ text: String) -> Int64? {
        guard text.utf8.count <= 32, let date = try? Date(text, strategy: .iso8601) else { return nil }
        let milliseconds = (date.timeIntervalSince1970 * 1000).rounded()
        return (0...253_402_300_799_000).contains(milliseconds) ? Int64(milliseconds) : nil
    }

    /// The instant as files write it, cut to seconds.
    static func write(_ milliseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds / 1000)).formatted(.iso8601)
    }
}
