import CPacketIO
import Timeline

/// The clock of every loop in the process: CLOCK_MONOTONIC, so that instants of different threads compare.
public enum MonotonicClock {
    /// The present instant.
    public static var now: Instant { Instant(nanoseconds: cpio_monotonic_nanoseconds()) }
}
