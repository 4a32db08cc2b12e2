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
    /// When it was made.
    let began = NIODeadline.now()
    /// Since when nothing is under way.
    var idleSince = NIODeadline.now()
    private weak var client: OutboundCore?
    private let bytes: RequestBytes
    private var context: ChannelHandlerContext?
    private var exchange: OutboundExchange?
    private var isKeptAlive = false
    private var isUsed = false

    /// A connection whose requests leave by `bytes`.
    init(_ origin: OutboundOrigin, _ bytes: RequestBytes, _ client: OutboundCore) {
        self.origin = origin
        self.bytes = bytes
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
        bytes.next = exchange.request.bytes
        context.writeAndFlush(wrapOutboundOut(.head(exchange.request.isGet ? Self.get : Self.post)), promise: nil)
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
            client?.beginAgain(exchange)
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

/// Writes the bytes of requests, which are made elsewhere, where only the decoder needs the heads that come.
final class RequestBytes: ChannelOutboundHandler {
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = ByteBuffer

    /// Everything of the request whose head comes next.
    var next = ByteBuffer()

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        context.write(wrapOutboundOut(next), promise: promise)
        next = ByteBuffer()
    }
}
