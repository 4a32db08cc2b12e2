import Dispatch
import Glibc

/// Signals of the process as a sequence; while this lives they do not end it.
public final class SignalEvents {
    /// The numbers of the signals that came, in order.
    public let stream: AsyncStream<Int32>
    /// Takes signals as if the system had sent them.
    public let continuation: AsyncStream<Int32>.Continuation
    private let sources: [any DispatchSourceSignal]

    /// Watches these signals from now on.
    public init(_ numbers: [Int32]) {
        let (stream, continuation) = AsyncStream<Int32>.makeStream()
        self.stream = stream
        self.continuation = continuation
        sources = numbers.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield(number) }
            source.resume()
            return source
        }
    }

    deinit {
        for source in sources { source.cancel() }
    }
}
