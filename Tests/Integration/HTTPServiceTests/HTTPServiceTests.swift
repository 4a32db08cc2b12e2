import Addresses
import ConfigurationFiles
import Foundation
import HTTPService
import Hummingbird
import Logging
import TestFiles
import Testing

@Suite("The HTTP service", .timeLimit(.minutes(5)))
struct HTTPServiceTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func settings(_ listeners: String...) -> HTTPSettings {
        var settings = HTTPSettings()
        settings.listen = listeners.compactMap { HTTPListener($0) }
        return settings
    }

    /// Serves `POST /echo`, bodies of at most 100 bytes, and `GET /large`, 8 MB.
    private func withService(
        _ limits: ServiceLimits = ServiceLimits(), _ body: @escaping @Sendable (HTTPListener) throws -> Void
    ) async throws {
        let service = try await HTTPService(settings("http:127.0.0.1:0"), limits: limits, logger: logger)
        service.open([
            HTTPRouteGroup { router in
                router.post("/echo") { request, _ in
                    let bytes = try await request.collectedBody(upTo: 100)
                    return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
                }
                router.get("/large") { _, context in
                    let blocks = (0..<128).map { [UInt8](repeating: 65 + $0 % 26, count: 64 << 10) }
                    return Response(status: .ok, body: context.body(of: blocks))
                }
            }
        ])
        do {
            try await onOwnThread { [listener = service.listeners[0]] in try body(listener) }
        } catch {
            await service.stop()
            throw error
        }
        await service.stop()
    }

    @Test(
        "listeners of both families are bound with real ports; until the surfaces come everything but /healthz is 503")
    func starting() async throws {
        let service = try await HTTPService(settings("http:127.0.0.1:0", "http:[::1]:0"), logger: logger)
        #expect(service.listeners.count == 2)
        #expect(service.listeners.allSatisfy { $0.endpoint.port > 0 })
        #expect(service.listeners[0].url == "http://127.0.0.1:\(service.listeners[0].endpoint.port)")
        #expect(service.listeners[1].url == "http://[::1]:\(service.listeners[1].endpoint.port)")
        try await onOwnThread {
            let client = RawClient(service.listeners[0])
            client.send("GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(client.readAnswer().hasPrefix("HTTP/1.1 503"))
            client.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(client.readAnswer().hasPrefix("HTTP/1.1 200"))
            service.open([])
            client.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(client.readAnswer().hasPrefix("HTTP/1.1 404"))
        }
        await service.stop()
        try await onOwnThread { #expect(RawClient(service.listeners[0]).readToEnd().isEmpty) }
    }

    @Test("an address that is taken is a clear error, and nothing stays bound")
    func taken() async throws {
        let first = try await HTTPService(settings("http:127.0.0.1:0"), logger: logger)
        let listener = first.listeners[0]
        await #expect(throws: HTTPServiceError.listen(listener, reason: "Address already in use")) {
            try await HTTPService(settings("http:127.0.0.2:0", "\(listener)"), logger: logger)
        }
        await first.stop()
        let second = try await HTTPService(settings("\(listener)"), logger: logger)
        #expect(second.listeners == [listener])
        await second.stop()
    }

    @Test("https needs a certificate that can be read")
    func certificates() async throws {
        await #expect(throws: HTTPServiceError.self) {
            try await HTTPService(settings("https:127.0.0.1:0"), logger: logger)
        }
        let folder = try TemporaryFolder()
        var wrong = settings("https:127.0.0.1:0")
        wrong.tls = TLSFiles(certificate: try folder.write("nonsense", to: "c.pem"), key: folder.path + "/none.pem")
        await #expect(throws: HTTPServiceError.self) { try await HTTPService(wrong, logger: logger) }
    }

    @Test("bodies up to the limit are taken, with a length and in chunks; longer ones are 413 and end the connection")
    func bodies() async throws {
        try await withService { listener in
            let client = RawClient(listener)
            let whole = String(repeating: "x", count: 100)
            client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n\(whole)")
            #expect(client.readAnswer().hasSuffix("\r\n\r\n" + whole))
            client.send(
                "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
            #expect(client.readAnswer().hasSuffix("\r\n\r\nabcde"))
            client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n\r\n\(whole)")
            #expect(client.readToEnd().hasPrefix("HTTP/1.1 413"))
            let chunked = RawClient(listener)
            chunked.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n60\r\n")
            chunked.send(
                String(repeating: "y", count: 0x60) + "\r\n60\r\n" + String(repeating: "y", count: 0x60) + "\r\n")
            #expect(chunked.readToEnd().hasPrefix("HTTP/1.1 413"))
        }
    }

    @Test("a body of 100 MB is refused at its head, and its sender can read why")
    func hugeBody() async throws {
        try await withService { listener in
            let client = RawClient(listener)
            client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 104857600\r\n\r\n")
            let block = [UInt8](repeating: 120, count: 1 << 20)
            for _ in 0..<100 { if !client.send(block) { break } }
            #expect(client.readToEnd().hasPrefix("HTTP/1.1 413"))
        }
    }

    @Test("who waits for 100 Continue gets it, but not for a body that is never taken")
    func expectation() async throws {
        try await withService { listener in
            let client = RawClient(listener)
            client.send("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
            #expect(client.readAnswer().hasPrefix("HTTP/1.1 100"))
            client.send("abc")
            #expect(client.readAnswer().hasSuffix("\r\n\r\nabc"))
            let other = RawClient(listener)
            other.send("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 99999999999\r\n\r\n")
            #expect(other.readToEnd().hasPrefix("HTTP/1.1 413"))
        }
    }

    @Test(
        "what is not HTTP, and heads without end, are refused",
        arguments: [
            "\u{0}\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
            "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
            "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
            "GET / HTTP/1.1\r\nX: " + String(repeating: "x", count: 40 << 10) + "\r\n\r\n",
            "GET / HTTP/1.1\r\n" + String(repeating: "X: y\r\n", count: 200) + "\r\n",
        ])
    func nonsense(_ text: String) async throws {
        try await withService { listener in
            let client = RawClient(listener)
            client.send(text)
            let answer = client.readToEnd()
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"))
        }
    }

    @Test("connections that say nothing, that never end their head and that do not read their answer are closed")
    func slowClients() async throws {
        var limits = ServiceLimits()
        limits.idleTime = .milliseconds(200)
        limits.stallTime = .milliseconds(200)
        try await withService(limits) { listener in
            let silent = RawClient(listener)
            #expect(silent.readToEnd().isEmpty)
            let endless = RawClient(listener)
            endless.send("GET / HTTP/1.1\r\nX: ")
            #expect(endless.readToEnd().isEmpty)
            let halfway = RawClient(listener)
            halfway.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nabc")
            #expect(!halfway.readToEnd().hasPrefix("HTTP/1.1 200"))
            let deaf = RawClient(listener)
            let start = ContinuousClock.now
            deaf.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
            while deaf.send("\r\n"), ContinuousClock.now - start < .seconds(200) { deaf.awaitBreak() }
            #expect(ContinuousClock.now - start < .seconds(200))
        }
    }

    @Test("a long answer arrives whole, with the length that was announced")
    func longAnswer() async throws {
        try await withService { listener in
            let client = RawClient(listener)
            client.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
            let answer = client.readAnswer()
            #expect(answer.contains("Content-Length: 8388608\r\n"))
            #expect(answer.utf8.count > 8_388_608)
            let body = answer.utf8.suffix(8_388_608)
            let isInOrder = body.enumerated().allSatisfy { $1 == UInt8(65 + $0 >> 16 % 26) }
            #expect(isInOrder)
        }
    }

    @Test("more connections than allowed are closed; who leaves makes room")
    func connectionLimit() async throws {
        var limits = ServiceLimits()
        limits.connections = 3
        limits.connectionsPerAddress = 2
        try await withService(limits) { listener in
            func answers(_ client: RawClient) -> Bool {
                client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx")
                return client.readAnswer().hasPrefix("HTTP/1.1 200")
            }
            var mine: [RawClient] = [RawClient(listener), RawClient(listener)]
            #expect(mine.allSatisfy(answers))
            #expect(!answers(RawClient(listener)))
            let other = RawClient(listener, source: IPAddress(v4: 0x7F00_0002))
            #expect(answers(other))
            #expect(!answers(RawClient(listener, source: IPAddress(v4: 0x7F00_0003))))
            mine.removeLast()
            var isHeard = false
            for _ in 0..<10_000 where !isHeard { isHeard = answers(RawClient(listener)) }
            #expect(isHeard)
        }
    }
}
