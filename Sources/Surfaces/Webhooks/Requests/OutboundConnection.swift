import Glibc
import NIOCore
import NIOHTTP1
import NIOSSL

/// One connection to a receiver: carries one exchange at a time, and waits for the next one in between.
final class OutboundConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    /// What the decoder of answers must know of a request; its bytes are written elsewhere.
    private static let get = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")
    private static let post = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/")

    /// Where it leads.
    let origin: OutboundOrigin
    /// Since when nothing is under way.
    var idleSince = NIODeadline.now()
    private weak var client: OutboundCore?
    private var context: ChannelHandlerContext?
    private var exchange: OutboundExchange?
    private var isKeptAlive = false
    private var isUsed = false

    init(_ origin: OutboundOrigin, _ client: OutboundCore) {
        self.origin = origin
        self.client = client
    }

    /// Whether an exchange can begin.
    var isFree: Bool { exchange == nil && context?.channel.isActive == true }

    /// Sends the request of an exchange and takes its answer.
    func begin(_ exchange: OutboundExchange) {
        self.exchange = exchange
        exchange.connection = self
        isKeptAlive = false
        guard let context else { return fail(.closed) }
        context.write(wrapOutboundOut(.head(exchange.request.isGet ? Self.get : Self.post)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(exchange.request.bytes))), promise: nil)
    }

    /// Ends the connection; its exchange, if any, hears nothing more.
    func close() {
        exchange = nil
        context?.close(promise: nil)
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        client?.gone(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            // What has switched to another protocol answers no further request.
            isKeptAlive = head.isKeepAlive && head.status != .switchingProtocols
            exchange?.receive(head)
        case .body(let part):
            guard exchange?.receive(part) == false else { return }
            isKeptAlive = false
            finish(nil)
        case .end:
            finish(nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(.closed)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(Self.words(error))
        context.close(promise: nil)
    }

    private func finish(_ failure: OutboundFailure?) {
        guard let exchange else { return }
        self.exchange = nil
        isUsed = true
        if isKeptAlive, failure == nil {
            client?.free(self)
        } else {
            context?.close(promise: nil)
        }
        client?.finish(exchange, failure)
    }

    private func fail(_ failure: OutboundFailure) {
        guard let exchange else { return }
        // Whoever closes a connection that was idle may not have seen what was sent at the same time.
        if isUsed, failure == .closed, exchange.answer.status == nil, !exchange.isRepeated {
            self.exchange = nil
            exchange.isRepeated = true
            exchange.connection = nil
            client?.open(exchange, origin)
            return
        }
        finish(failure)
    }

    private static func words(_ error: any Error) -> OutboundFailure {
        switch error {
        case let error as IOError where error.errnoCode == ECONNRESET || error.errnoCode == EPIPE: .closed
        case HTTPParserError.invalidEOFState: .closed
        case is HTTPParserError: .other("the answer is no HTTP: \(error)")
        case NIOSSLError.uncleanShutdown: .closed
        case let error as NIOSSLError: .other("TLS: \(error)")
        case let error as NIOSSLExtraError: .other("TLS: \(error)")
        default: .other("\(error)")
        }
    }
}

/// Writes the bytes of requests, which are made elsewhere, and leaves out everything that only the decoder needs.
final class RequestBytes: ChannelOutboundHandler {
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = ByteBuffer

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .body(.byteBuffer(let bytes)) = unwrapOutboundIn(data) {
            context.write(wrapOutboundOut(bytes), promise: promise)
        } else {
            promise?.succeed()
        }
    }
}
