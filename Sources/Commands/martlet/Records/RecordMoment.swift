import ArgumentParser
import Foundation
import Timeline

/// A moment as the command line writes it, in UTC: `2026-03-05`, `2026-03-05T08:15:42Z`, or how long ago: `90m`, `24h`, `7d`.
struct RecordMoment: ExpressibleByArgument {
    /// Since 1970-01-01 00:00 UTC.
    let milliseconds: Int64

    init?(argument: String) { self.init(argument, now: Int64(Date().timeIntervalSince1970 * 1000)) }

    /// Reads `text` at the time `now`, in milliseconds since 1970.
    init?(_ text: String, now: Int64) {
        if let time = UTCTime(text) ?? UTCTime(text + "T00:00:00") {
            milliseconds = time.milliseconds
        } else if let span = TimeSpan(argument: text) {
            milliseconds = now - span.duration.milliseconds
        } else if text.hasSuffix("d"), let days = Int64(text.dropLast()), (0...36_500).contains(days) {
            milliseconds = now - days * 86_400_000
        } else {
            return nil
        }
    }
}
