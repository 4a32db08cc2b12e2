import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing
import Timeline

@testable import Webhooks

@Suite("Answers that are read without the decoder")
struct PlainAnswerTests {
    private func read(_ text: String) -> PlainAnswer? { read(Array(text.utf8)) }

    private func read(_ bytes: [UInt8]) -> PlainAnswer? { bytes.withUnsafeBytes { PlainAnswer($0) } }

    @Test(
        "what receivers send most often is plain",
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, true, "", nil),
            ("HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n", 204, true, "", nil),
            ("HTTP/1.1 200 \r\ncontent-length:2\r\nConnection: Keep-Alive\r\n\r\nok", 200, true, "ok", nil),
            ("HTTP/1.1 500 Oh\r\nContent-Length: 3\r\nCONNECTION: close\r\n\r\nbad", 500, false, "bad", nil),
            (
                "HTTP/1.1 200 OK\r\nContent-Type:  application/xml \r\nContent-Length: 4\r\n\r\n<R/>", 200, true,
                "<R/>", "application/xml"
            ),
            ("HTTP/1.1 304\r\nX-Empty:\r\n\r\n", 304, true, "", nil),
        ] as [(String, Int, Bool, String, String?)])
    func plain(_ text: String, status: Int, isKeptAlive: Bool, body: String, type: String?) throws {
        let answer = try #require(read(text))
        let bytes = Array(text.utf8)
        #expect(answer.status == status)
        #expect(answer.isKeptAlive == isKeptAlive)
        #expect(String(decoding: bytes[answer.body], as: UTF8.self) == body)
        #expect(answer.type.map { String(decoding: bytes[$0], as: UTF8.self) } == type)
    }

    @Test(
        "whatever is unusual is left to the decoder",
        arguments: [
            "", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\n\r\n",
            // Not whole, or more than one.
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nab", "HTTP/1.1 204 No Content\r\n\r\nab",
            // Of another version, not final, no status.
            "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 101 Up\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 600 OK\r\nContent-Length: 0\r\n\r\n", "http/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            // Lengths that are none, or two.
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0, 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            // Heads that are none.
            "HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n", "HTTP/1.1 200 OK\r\n Content-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\n: 0\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\nContent-Length: 0\n\n", "HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Type: text/xml\t\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX: a\0\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\rx",
            // What says more about the connection.
            "HTTP/1.1 200 OK\r\nConnection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nConnection: close\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nConnection: close, x\r\nContent-Length: 0\r\n\r\n",
        ])
    func unusual(_ text: String) {
        #expect(read(text) == nil)
    }

    /// What the decoder makes of the same bytes, and nothing behind them: nil where it is no whole answer.
    private func decoded(_ bytes: [UInt8]) throws -> (head: HTTPResponseHead, body: [UInt8])? {
        let channel = EmbeddedChannel(handlers: [ByteToMessageHandler(HTTPResponseDecoder())])
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        let request = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/")
        try channel.writeOutbound(HTTPClientRequestPart.head(request))
        try channel.writeInbound(ByteBuffer(bytes: bytes))
        guard case .head(let head)? = try channel.readInbound(as: HTTPClientResponsePart.self) else { return nil }
        var body: [UInt8] = []
        while let part = try channel.readInbound(as: HTTPClientResponsePart.self) {
            switch part {
            case .head: return nil
            case .body(let bytes): body += Array(bytes.readableBytesView)
            case .end: return (head, body)
            }
        }
        return nil
    }

    @Test("whatever is taken for plain, however garbled, is what the decoder reads, too")
    func agreement() throws {
        let seeds = [
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/xml\r\nDate: x\r\n\r\nok",
            "HTTP/1.1 204 No Content\r\nConnection: close\r\nX-A_b: c\r\n\r\n",
            "HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nConnection: keep-alive\r\nContent-Length: 12\r\n\r\nHTTP/1.1 200",
        ].map { Array($0.utf8) }
        let alphabet = Array("\r\n\0 :;,-/.0123456789HTtPConetLghKa\u{7F}é\t".utf8)
        var generator = IdentifierSource(seed: 20_261_122)
        var plain = 0
        for turn in 0..<20_000 {
            var bytes = seeds[turn % seeds.count]
            for _ in 0..<Int.random(in: 0...2, using: &generator) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                let byte = alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[place] = byte
                case 1: bytes.insert(byte, at: place)
                case 2: bytes.remove(at: place)
                default: bytes += bytes[place...]
                }
            }
            guard let answer = read(bytes) else { continue }
            plain += 1
            let text = String(decoding: bytes, as: UTF8.self)
            let whole = try #require(try decoded(bytes), "\(text)")
            #expect(Int(whole.head.status.code) == answer.status, "\(text)")
            #expect(whole.head.isKeepAlive == answer.isKeptAlive, "\(text)")
            #expect(whole.body == Array(bytes[answer.body]), "\(text)")
            let type = answer.type.map { String(decoding: bytes[$0], as: UTF8.self) }
            #expect(whole.head.headers.first(name: "Content-Type") == type, "\(text)")
        }
        #expect(plain > 5000)
    }
}
