import PacketLoop
import SwitchEngine
import Synchronization
import Timeline

/// One thread with one `SwitchCore`: everything that happens to a call happens here, one thing after another.
public final class SignallingShard: Sendable {
    private let signal: LoopSignal
    private let inbox: Inbox<ShardMessage>
    private let thread = Mutex<PacketLoopThread?>(nil)
    private let isStopped = Mutex(false)

    /// A shard that takes posts but does not run yet. Throws when the process has no descriptor left.
    public init() throws(SystemError) {
        signal = try LoopSignal()
        inbox = Inbox(waking: signal)
    }

    /// Starts the thread, which takes over the sockets even if this throws; `sockets` has nil where a listener is no datagram listener.
    func start(
        core: SwitchCore, sockets: [UDPSocket?], outlets: OutputInterpreter.Outlets
    ) throws(SystemError) {
        let inbox = inbox
        let signal = signal
        let running = try PacketLoopThread(name: "martlet-sip", signal: signal, precedence: .elevated) {
            loop throws(SystemError) in
            let ports = sockets.enumerated().map { index, socket in socket.map { DatagramPort($0, index: index) } }
            for case let port? in ports { try loop.add(port) }
            return ShardLoop(core: core, ports: ports, inbox: inbox, signal: signal, outlets: outlets)
        }
        signal.wake()
        thread.withLock { $0 = running }
    }

    /// Gives the core an input; callable from every thread.
    public func post(_ input: SwitchInput) { inbox.post(.input(input)) }

    /// Gives the core inputs in their order.
    public func post(contentsOf inputs: [SwitchInput]) { inbox.post(contentsOf: inputs.map { .input($0) }) }

    /// Looks at the shard between two inputs; nil when it has stopped. `look` runs on the shard's thread: be brief.
    public func query<Answer: Sendable>(_ look: @escaping @Sendable (ShardView) -> Answer) async -> Answer? {
        await withCheckedContinuation { continuation in
            let isAsked = isStopped.withLock { isStopped in
                if !isStopped { inbox.post(.query { continuation.resume(returning: $0.map(look)) }) }
                return !isStopped
            }
            if !isAsked { continuation.resume(returning: nil) }
        }
    }

    /// Does something to the shard between two inputs; nil when it has stopped. `body` runs on the shard's thread: be
    /// brief.
    public func change<Answer: Sendable>(
        _ body: @escaping @Sendable (inout SwitchCore, Instant, inout [SwitchOutput]) -> Answer
    ) async -> Answer? {
        await withCheckedContinuation { continuation in
            let change = ShardChange {
                continuation.resume(returning: body(&$0, $1, &$2))
            } giveUp: {
                continuation.resume(returning: nil)
            }
            let isAsked = isStopped.withLock { isStopped in
                if !isStopped { inbox.post(.change(change)) }
                return !isStopped
            }
            if !isAsked { continuation.resume(returning: nil) }
        }
    }

    /// Ends the thread after what is collected has left, and closes its sockets.
    public func stop() {
        thread.withLock { thread in
            thread?.stop()
            thread = nil
        }
        isStopped.withLock { $0 = true }
        var left: [ShardMessage] = []
        inbox.take(into: &left)
        for message in left {
            switch message {
            case .query(let look): look(nil)
            case .change(let change): change.giveUp()
            case .input: break
            }
        }
    }
}
