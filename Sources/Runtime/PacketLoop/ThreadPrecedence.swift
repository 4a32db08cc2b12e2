import CPacketIO

/// Before which other threads a thread is let onto a core. Each is asked for and done without where the process may not
/// have it; none is passed on to the threads that the thread starts.
public enum ThreadPrecedence: Equatable, Sendable {
    /// Like every other thread.
    case ordinary
    /// Before ordinary threads of this switch, which still get their share (a niceness of -10).
    case elevated
    /// Before everything that is not real-time, in SCHED_FIFO with this priority, 1 to 99; 0 and less mean `ordinary`.
    case realTime(priority: Int)

    /// The precedence as the system is asked for it.
    var asked: cpio_precedence {
        switch self {
        case .ordinary: cpio_precedence(real_time_priority: 0, niceness: 0)
        case .elevated: cpio_precedence(real_time_priority: 0, niceness: -10)
        case .realTime(let priority):
            cpio_precedence(real_time_priority: min(Int32(clamping: max(priority, 0)), 99), niceness: 0)
        }
    }
}
