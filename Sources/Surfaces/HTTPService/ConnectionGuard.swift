import HTTPTypes
import NIOCore
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Looks after one connection: says 100 to clients that wait for it, closes behind an answer that ends the connection
/// without cutting it off, and gives up on clients that do not read their answer.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How long a closing connection goes on taking what the client still sends, so that it can read the answer.
    private static let lingerTime: TimeAmount = .seconds(2)

    private let stallTime: TimeAmount
    private var waitingWrites = 0
    private var lastProgress = NIODeadline.now()
    private var check: Scheduled<Void>?
    private var endsConnection = false
    private var isLingering = false

    init(stallTime: TimeAmount) { self.stallTime = stallTime }

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        guard let codec = try? pipeline.context(handlerType: HTTP1ToHTTPServerCodec.self).handler else { return }
        try? pipeline.addHandler(OldRequestMarker(), position: .before(codec))
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        check?.cancel()
        check = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isLingering { return }
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        if head.headerFields[.expect]?.lowercased() == "100-continue",
            (head.headerFields[.contentLength].flatMap { Int($0) } ?? 0) <= HTTPService.largestBody
        {
            context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
        }
        // The layer above knows this wish in one form only; clients write it in any case, and among other words.
        let wishes = head.headerFields[.connection]?.lowercased().split(separator: ",") ?? []
        if wishes.contains(where: { $0.filter { $0 != " " } == "close" }) { head.headerFields[.connection] = "close" }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        if isLingering { context.read() }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part = unwrapOutboundIn(data)
        if case .head(let head) = part, head.headerFields[.connection]?.lowercased() == "close" {
            endsConnection = true
        }
        var isLast = false
        if case .end = part { isLast = endsConnection }
        let promise = promise ?? context.eventLoop.makePromise()
        waitingWrites += 1
        if waitingWrites == 1 { lastProgress = .now() }
        scheduleCheck(context)
        promise.futureResult.assumeIsolated().whenComplete { [context] result in
            self.waitingWrites -= 1
            self.lastProgress = .now()
            guard isLast, (try? result.get()) != nil else { return }
            self.linger(context)
        }
        context.write(data, promise: promise)
        if isLast { context.flush() }
    }

    /// Says that nothing more comes, and closes for good a while later.
    private func linger(_ context: ChannelHandlerContext) {
        guard !isLingering else { return }
        isLingering = true
        context.close(mode: .output, promise: nil)
        context.read()
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.lingerTime) { context.close(promise: nil) }
    }

    private func scheduleCheck(_ context: ChannelHandlerContext) {
        guard check == nil else { return }
        check = context.eventLoop.assumeIsolated().scheduleTask(deadline: lastProgress + stallTime) {
            self.check = nil
            guard self.waitingWrites > 0 else { return }
            guard self.lastProgress + self.stallTime > .now() else {
                context.close(promise: nil)
                return
            }
            self.scheduleCheck(context)
        }
    }
}
