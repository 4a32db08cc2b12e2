import CPacketIO
import Synchronization

/// Wakes one loop from any thread, and asks it to stop.
public final class LoopSignal: Sendable {
    let descriptor: Int32
    private let stopping = Atomic(false)

    /// Throws when the process has no descriptor left.
    public init() throws(SystemError) {
        descriptor = try SystemError.check(cpio_eventfd_create(), "create eventfd")
    }

    deinit { _ = cpio_close(descriptor) }

    /// Makes the loop go through one iteration soon; costs one system call.
    public func wake() { _ = cpio_eventfd_signal(descriptor) }

    /// Makes the loop end after the iteration it is in.
    public func requestStop() {
        stopping.store(true, ordering: .releasing)
        wake()
    }

    /// Whether a stop was requested.
    public var isStopRequested: Bool { stopping.load(ordering: .acquiring) }
}
