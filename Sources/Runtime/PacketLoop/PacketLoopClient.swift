import Timeline

/// What a loop drives: every call comes on the loop's thread, one after another.
///
/// One iteration: sockets that have something, then the inbox, then the deadline; every port's collected datagrams leave;
/// then `iterationEnding`, and what was collected there leaves.
public protocol PacketLoopClient: AnyObject {
    /// The instant at which `timeElapsed` is wanted; nil for never. Asked once before every wait.
    var nextDeadline: Instant? { get }
    /// `nextDeadline` has come.
    func timeElapsed(at now: Instant)
    /// Somebody posted to an inbox or woke the loop: take what is there.
    func inboxSignalled(at now: Instant)
    /// Datagrams came in on a port; `batch` is valid during the call.
    func received(_ batch: DatagramBatch, on port: DatagramPort, at now: Instant)
    /// A datagram sent through `port` was refused or reported undeliverable.
    func sendFailed(_ failure: SendFailure, on port: DatagramPort, at now: Instant)
    /// A socket watched by token can be read, or has an error to read.
    func socketReady(_ token: UInt32, at now: Instant)
    /// Everything of this iteration was handled: hand batches over to other threads now.
    func iterationEnding(at now: Instant)
}

extension PacketLoopClient {
    public var nextDeadline: Instant? { nil }
    public func timeElapsed(at now: Instant) {}
    public func inboxSignalled(at now: Instant) {}
    public func received(_ batch: DatagramBatch, on port: DatagramPort, at now: Instant) {}
    public func sendFailed(_ failure: SendFailure, on port: DatagramPort, at now: Instant) {}
    public func socketReady(_ token: UInt32, at now: Instant) {}
    public func iterationEnding(at now: Instant) {}
}
