import MediaSessions
import PacketLoop

/// A thread that relays the media of many calls; commands come from any thread, events go back in batches.
public final class MediaShard: Sendable {
    private let inbox: Inbox<MediaCommand>
    private let thread: PacketLoopThread

    /// Starts the thread. `events` is called on it, once for all that one iteration brought, and must return at once.
    /// Throws when the process has no descriptor or thread left.
    public init(
        name: String = "media", options: MediaShardOptions, events: @escaping @Sendable ([MediaEvent]) -> Void
    ) throws(SystemError) {
        let signal = try LoopSignal()
        let inbox = Inbox<MediaCommand>(waking: signal)
        let precedence = ThreadPrecedence.realTime(priority: options.realTimePriority)
        thread = try PacketLoopThread(name: name, signal: signal, precedence: precedence) { loop in
            MediaLoop(loop, options: options, inbox: inbox, events: events)
        }
        self.inbox = inbox
    }

    /// Hands commands over; they are carried out in order.
    public func submit(_ commands: [MediaCommand]) { inbox.post(contentsOf: commands) }

    /// Ends the thread and closes all its sockets; no event comes after it. Must not be called from `events`.
    public func stop() { thread.stop() }
}
