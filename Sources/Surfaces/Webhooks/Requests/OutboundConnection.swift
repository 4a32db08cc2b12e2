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
    private let client: OutboundCore
    /// What stands nearest to the socket.
    let bytes = OutboundBytes()
    private var context: ChannelHandlerContext?
    private var exchange: OutboundExchange?
    private var isKeptAlive = false
    private var isUsed = false
    /// Whether the channel is open.
    private var isOpen = false
    /// Whether the decoder reads the answer; and whether there is one, which most connections never need.
    private var isDecoding = false
    private var hasDecoder = false

    init(_ origin: OutboundOrigin, _ client: OutboundCore) {
        self.origin = origin
        self.client = client
    }

    /// Whether an exchange can begin.
    var isFree: Bool { exchange == nil && isOpen }

    /// Sends the request of an exchange and takes its answer.
    func begin(_ exchange: OutboundExchange) {
        self.exchange = exchange
        exchange.connection = self
        isKeptAlive = false
        isDecoding = false
        if context == nil { return fail(.closed) }
        bytes.send(exchange.request.bytes)
    }

    /// Takes an answer that came whole in one piece, which costs far less than the decoder; false where the decoder must
    /// read what came.
    private func take(_ bytes: ByteBuffer) -> Bool {
        guard let exchange else {
            // Nobody asked: what comes could be taken for the next answer.
            end()
            return true
        }
        if isDecoding { return false }
        guard let plain = bytes.withUnsafeReadableBytes({ PlainAnswer($0) }) else { return !decode(exchange) }
        isKeptAlive = plain.isKeptAlive
        let start = bytes.readerIndex
        exchange.receive(status: plain.status) {
            plain.type.flatMap { bytes.getString(at: start + $0.lowerBound, length: $0.count) }
        }
        if !plain.body.isEmpty,
            let body = bytes.getSlice(at: start + plain.body.lowerBound, length: plain.body.count),
            !exchange.receive(body)
        {
            isKeptAlive = false
        }
        finish(nil)
        return true
    }

    /// Ends the connection; its exchange, if any, hears nothing more.
    func close() {
        exchange = nil
        end()
    }

    private func end() {
        isOpen = false
        context?.close(promise: nil)
    }

    /// Lets the decoder read the answer of an exchange; false where that fails, and the connection with it.
    private func decode(_ exchange: OutboundExchange) -> Bool {
        guard let context else { return false }
        isDecoding = true
        do {
            if !hasDecoder {
                let decoder = ByteToMessageHandler(HTTPResponseDecoder())
                try context.pipeline.syncOperations.addHandler(decoder, position: .before(self))
                hasDecoder = true
            }
            // It must know what was asked.
            context.write(wrapOutboundOut(.head(exchange.request.isGet ? Self.get : Self.post)), promise: nil)
            return true
        } catch {
            fail(.other("\(error)"))
            end()
            return false
        }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        isOpen = context.channel.isActive
        bytes.take = { [unowned self] in take($0) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        bytes.take = nil
        isOpen = false
        client.gone(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            // What has switched to another protocol answers no further request.
            isKeptAlive = head.isKeepAlive && head.status != .switchingProtocols
            exchange?.receive(status: Int(head.status.code)) { head.headers.first(name: "Content-Type") }
        case .body(let part):
            guard exchange?.receive(part) == false else { return }
            isKeptAlive = false
            finish(nil)
        case .end:
            finish(nil)
        }
    }

    func channelActive(context: ChannelHandlerContext) {
        isOpen = true
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        isOpen = false
        fail(.closed)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        isOpen = false
        fail(Self.words(error))
        end()
    }

    private func finish(_ failure: OutboundFailure?) {
        guard let exchange else { return }
        self.exchange = nil
        isUsed = true
        if isKeptAlive, failure == nil {
            client.free(self)
        } else {
            end()
        }
        client.finish(exchange, failure)
    }

    private func fail(_ failure: OutboundFailure) {
        guard let exchange else { return }
        // Whoever closes a connection that was idle may not have seen what was sent at the same time.
        if isUsed, failure == .closed, exchange.answer.status == nil, !exchange.isRepeated {
            self.exchange = nil
            client.beginAgain(exchange)
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
