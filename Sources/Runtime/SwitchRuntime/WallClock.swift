import Glibc
import PacketLoop
import Timeline

/// Turns instants into dates, at the edges where people and records want them.
public enum WallClock {
    /// The wall clock at `Instant.zero`, in milliseconds since 1970-01-01 00:00 UTC, as the system's clock has it now.
    public static var epochMilliseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let nanoseconds = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        return (nanoseconds - MonotonicClock.now.nanoseconds) / 1_000_000
    }
}
