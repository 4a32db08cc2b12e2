import CPacketIO
import Glibc
import Synchronization

/// A thread that runs one loop with one client, from start to stop.
public final class PacketLoopThread: Sendable {
    /// Wakes and stops the loop.
    public let signal: LoopSignal
    private let thread: Mutex<pthread_t?>

    /// Makes the loop's client, which may add ports and sockets to the loop, then starts the thread, where the client
    /// lives and dies.
    ///
    /// `name` is cut to 15 bytes. The thread goes on without its precedence where the system refuses it. Throws what
    /// `makeClient` throws, or when the process has no descriptor or thread left.
    public init(
        name: String, signal: LoopSignal, precedence: ThreadPrecedence = .ordinary,
        makeClient: @Sendable (PacketLoop) throws(SystemError) -> any PacketLoopClient
    ) throws(SystemError) {
        self.signal = signal
        let loop = try PacketLoop(signal: signal)
        let start = ThreadStart(
            name: String(name.prefix(15)), precedence: precedence, loop: loop, client: try makeClient(loop))
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(start)
        let result = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, argument.toOpaque())
        guard result == 0 else {
            argument.release()
            throw SystemError("start thread", code: result)
        }
        self.thread = Mutex(thread)
    }

    deinit {
        signal.requestStop()
        thread.withLock { if let running = $0 { pthread_detach(running) } }
    }

    /// Asks the loop to end and waits until its client and its ports are gone. Must not be called from the loop.
    public func stop() {
        signal.requestStop()
        thread.withLock { thread in
            if let running = thread { pthread_join(running, nil) }
            thread = nil
        }
    }
}

/// What a new thread takes over from the one that started it.
private final class ThreadStart {
    private let name: String
    private let precedence: ThreadPrecedence
    private let loop: PacketLoop
    private var client: (any PacketLoopClient)?

    init(name: String, precedence: ThreadPrecedence, loop: PacketLoop, client: any PacketLoopClient) {
        self.name = name
        self.precedence = precedence
        self.loop = loop
        self.client = client
    }

    func run() {
        _ = cpio_prepare_thread(name, precedence.asked)
        if let client { loop.run(client) }
        client = nil
    }
}
