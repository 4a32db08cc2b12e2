import Glibc
import Timeline

extension UTCTime {
    /// The system's time.
    public static var now: UTCTime { UTCTime(milliseconds: nowMilliseconds) }

    /// The system's time in milliseconds since 1970-01-01 00:00 UTC.
    static var nowMilliseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
