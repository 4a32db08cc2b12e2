import EventCollector
import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A receiver of callbacks that answers whatever a test wants, byte for byte.
final class Receiver: Sendable {
    /// A request as it came in.
    struct Request: Sendable {
        var method = ""
        var target = ""
        var headers: [String: String] = [:]
        var body = ""

        /// A text member of the JSON body or of the query.
        func member(_ name: String) -> String? {
            if let range = body.range(of: "\"\(name)\":\"") {
                return String(body[range.upperBound...].prefix { $0 != "\"" })
            }
            guard let range = target.range(of: "\(name)=") else { return nil }
            return String(target[range.upperBound...].prefix { $0 != "&" })
        }
    }

    /// What it does with a request.
    enum Reply: Sendable {
        /// Answers with a status and a body.
        case status(Int, body: String = "", headers: String = "")
        /// Answers after `hold` milliseconds.
        case late(Int, milliseconds: Int64)
        /// Writes these bytes and closes.
        case raw(String)
        /// Never answers.
        case silence
        /// Answers 200 and a body that never ends.
        case endless

        /// Whether the sender has to wait until its time is over.
        var isSilence: Bool { if case .silence = self { true } else { false } }
    }

    let requests = EventCollector<Request>()
    private let group: MultiThreadedEventLoopGroup
    private let channel: any Channel
    let port: Int

    init(host: String = "127.0.7.1", port: Int = 0, _ reply: @escaping @Sendable (Request, Int) -> Reply) async throws {
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let requests = requests
        let count = Mutex(0)
        let server = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        Exchange { request in
                            requests.report(request)
                            let number = count.withLock { count in
                                count += 1
                                return count
                            }
                            return reply(request, number)
                        })
                }
            }
        do {
            channel = try await server.bind(host: host, port: port).get()
        } catch {
            try await group.shutdownGracefully()
            throw error
        }
        self.port = channel.localAddress?.port ?? 0
    }

    func url(_ path: String = "/ev", credentials: String = "", host: String = "127.0.7.1") -> String {
        "http://\(credentials)\(host):\(port)\(path)"
    }

    func stop() async throws {
        try await channel.close()
        try await group.shutdownGracefully()
    }
}

/// Reads requests off one connection and carries out the replies.
private final class Exchange: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var received = ""
    private let answer: (Receiver.Request) -> Receiver.Reply

    init(_ answer: @escaping (Receiver.Request) -> Receiver.Reply) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += String(buffer: unwrapInboundIn(data))
        while let request = next() { carryOut(answer(request), context) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func next() -> Receiver.Request? {
        guard let end = received.range(of: "\r\n\r\n") else { return nil }
        var lines = received[..<end.lowerBound].components(separatedBy: "\r\n")
        var request = Receiver.Request()
        let start = lines.removeFirst().split(separator: " ")
        request.method = String(start[0])
        request.target = String(start[1])
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1)
            request.headers[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
        }
        let length = Int(request.headers["content-length"] ?? "0") ?? 0
        let rest = received[end.upperBound...]
        guard rest.utf8.count >= length else { return nil }
        request.body = String(decoding: rest.utf8.prefix(length), as: UTF8.self)
        received = String(decoding: rest.utf8.dropFirst(length), as: UTF8.self)
        return request
    }

    private func carryOut(_ reply: Receiver.Reply, _ context: ChannelHandlerContext) {
        switch reply {
        case .status(let status, let body, let headers):
            write("HTTP/1.1 \(status) X\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)", context)
        case .late(let status, let milliseconds):
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            context.eventLoop.scheduleTask(in: .milliseconds(milliseconds)) {
                let text = "HTTP/1.1 \(status) X\r\nContent-Length: 0\r\n\r\n"
                bound.value.writeAndFlush(NIOAny(ByteBuffer(string: text)), promise: nil)
            }
        case .raw(let text):
            write(text, context)
            context.close(promise: nil)
        case .silence: break
        case .endless:
            write("HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n", context)
            flood(context)
        }
    }

    private func flood(_ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        write("1000\r\n" + String(repeating: "x", count: 4096) + "\r\n", context)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.execute { bound.value.0.flood(bound.value.1) }
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }
}
