import NIOCore
import SIPMessages
import SIPTransactions

/// One stream: cuts what comes in into messages, and bounds what waits to go out.
final class SIPStream: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// What the stream still does.
    private enum Phase {
        /// Reads and writes.
        case open
        /// The framing is lost: writes the answer, reads nothing, waits for `closeAfterWrites`.
        case failed
        /// Closes when its writes are done and the peer has seen them.
        case closing
    }

    /// The way to the peer, with the stream's number.
    let flow: Flow
    private let channel: any Channel
    private unowned let table: StreamTable
    private var framer = StreamFramer()
    private var phase = Phase.open
    /// When the message under way must be whole.
    private var messageEnd = NIODeadline.distantFuture
    private var isMessagePending = false
    private var queuedBytes = 0

    init(flow: Flow, channel: any Channel, table: StreamTable) {
        self.flow = flow
        self.channel = channel
        self.table = table
    }

    /// Whether new messages to the peer may be sent over it.
    var isOpen: Bool { phase == .open }
    /// Whether what came over it can still be answered.
    var canAnswer: Bool { phase != .closing }

    // MARK: Outgoing

    /// Queues `bytes`; `flow` is named in the report should they not leave.
    func write(_ bytes: [UInt8], _ flow: Flow) {
        guard queuedBytes + bytes.count <= table.limits.maximumQueuedBytes, phase != .closing else {
            return table.report(.sendFailed(bytes, flow))
        }
        queuedBytes += bytes.count
        channel.write(channel.allocator.buffer(bytes: bytes)).assumeIsolated().whenComplete { result in
            self.queuedBytes -= bytes.count
            if case .failure = result {
                self.table.report(.sendFailed(bytes, flow))
                self.table.flushEvents()
            }
            self.finishIfDone()
        }
    }

    /// Hands what was written to the kernel.
    func flush() { channel.flush() }

    /// Ends the stream once everything written has left.
    func closeAfterWrites() {
        guard phase != .closing else { return }
        phase = .closing
        framer = StreamFramer()
        table.setDeadline(.now() + TimeAmount(table.limits.lingerTimeout), for: self)
        channel.flush()
        finishIfDone()
    }

    /// Ends the stream at once.
    func abort() { channel.close(promise: nil) }

    /// Says that nothing more comes, and leaves the closing to the peer or the linger deadline: closing with unread
    /// bytes would take the answer back from the peer.
    private func finishIfDone() {
        guard phase == .closing, queuedBytes == 0 else { return }
        channel.close(mode: .output, promise: nil)
    }

    // MARK: Incoming

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard phase == .open else { return }
        unwrapInboundIn(data).withUnsafeReadableBytes { framer.append($0) }
        var hasMessage = false
        do throws(SIPParseError) {
            while let message = try framer.next() {
                hasMessage = true
                table.report(.message(message, flow))
            }
            if framer.takePings() > 0 {
                context.writeAndFlush(NIOAny(context.channel.allocator.buffer(string: "\r\n")), promise: nil)
            }
            noteProgress(hasMessage: hasMessage)
        } catch {
            fail(error)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { table.flushEvents() }

    func channelInactive(context: ChannelHandlerContext) { table.remove(self) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    /// A message took too long, or its answer did, or the peer does not see the end.
    func deadlinePassed() {
        if phase == .open, let error = framer.abandon() { fail(error) } else { abort() }
    }

    /// Reads nothing more, and lets the core answer and close.
    private func fail(_ error: SIPParseError) {
        phase = .failed
        framer = StreamFramer()
        table.setDeadline(.now() + TimeAmount(table.limits.lingerTimeout), for: self)
        table.report(.malformed(error, flow))
    }

    /// Lets the clock of the message begin with its first byte, and that of the body with every piece of it, and gives an
    /// idle stream's memory back.
    private func noteProgress(hasMessage: Bool) {
        let isPending = framer.isInsideMessage
        if hasMessage && !isPending { framer = StreamFramer() }
        if isPending {
            if !isMessagePending || hasMessage { messageEnd = .now() + TimeAmount(table.limits.messageTimeout) }
            let bodyEnd: NIODeadline = framer.isInsideBody ? .now() + TimeAmount(table.limits.bodyTimeout) : messageEnd
            table.setDeadline(min(messageEnd, bodyEnd), for: self)
        } else if isMessagePending {
            table.setDeadline(nil, for: self)
        }
        isMessagePending = isPending
    }
}
