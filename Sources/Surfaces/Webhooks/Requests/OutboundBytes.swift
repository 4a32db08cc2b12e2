import NIOCore
import NIOHTTP1

/// Stands between the socket and the decoder of answers: writes the bytes of requests, which are made elsewhere, and lets
/// the decoder see only those answers that nobody takes as they come.
final class OutboundBytes: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = ByteBuffer

    /// Takes what comes; false where the decoder must read it.
    var take: ((ByteBuffer) -> Bool)?
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Sends a whole request.
    func send(_ bytes: ByteBuffer) {
        context?.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    /// The heads that the decoder has seen on their way go no further: their bytes have left before.
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) { promise?.succeed() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if take?(unwrapInboundIn(data)) != true { context.fireChannelRead(data) }
    }
}
