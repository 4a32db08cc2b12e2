import Addresses
import Glibc
import NIOCore
import NIOPosix
import SIPTransactions
import Synchronization

/// SIP over TCP: listeners, and streams opened by peers and by us, on one event loop of its own.
///
/// Messages are framed there and handed over whole, in batches. TLS joins as a handler in front of `SIPStream`.
public final class StreamTransport: Sendable {
    /// Why a listener could not be bound, in the system's words.
    public struct ListenError: Error, CustomStringConvertible {
        public let description: String
    }

    private let group: MultiThreadedEventLoopGroup
    private let eventLoop: any EventLoop
    private let table: NIOLoopBound<StreamTable>
    private let commands = Mutex<[StreamCommand]>([])

    /// Starts the loop; `deliver` is called on it with what came in, in order.
    public init(
        limits: StreamLimits = StreamLimits(), deliver: @escaping @Sendable ([StreamEvent]) -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let eventLoop = group.next()
        self.group = group
        self.eventLoop = eventLoop
        table = try await eventLoop.submit {
            NIOLoopBound(StreamTable(eventLoop: eventLoop, limits: limits, deliver: deliver), eventLoop: eventLoop)
        }.get()
    }

    /// Listens on `endpoint`; streams that peers open there carry `listener` in their flows. Returns the endpoint
    /// bound, with the real port. Throws `ListenError` when it is taken or not ours.
    public func listen(on endpoint: Endpoint, listener: UInt16) async throws -> Endpoint {
        let table = table
        do {
            return try await eventLoop.flatSubmit { table.value.listen(on: endpoint, listener: listener) }.get()
        } catch let error as IOError {
            throw ListenError(description: String(cString: strerror(error.errnoCode)))
        }
    }

    /// Carries out `batch` soon, in order; callable from every thread.
    public func submit(_ batch: [StreamCommand]) {
        guard !batch.isEmpty else { return }
        let isFirst = commands.withLock { waiting in
            defer { waiting.append(contentsOf: batch) }
            return waiting.isEmpty
        }
        guard isFirst else { return }
        eventLoop.execute {
            let batch = self.commands.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
            self.table.value.perform(batch)
        }
    }

    /// How many streams are open or being opened.
    public func streamCount() async throws -> Int {
        let table = table
        return try await eventLoop.submit { table.value.count }.get()
    }

    /// Closes listeners and streams and ends the loop.
    public func shutDown() async throws {
        let table = table
        try await eventLoop.submit { table.value.closeAll() }.get()
        try await group.shutdownGracefully()
    }
}
