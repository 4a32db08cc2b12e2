import Foundation
import Timeline

extension UTCTime {
    /// The system's time in milliseconds since 1970-01-01 00:00 UTC.
    static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
}
