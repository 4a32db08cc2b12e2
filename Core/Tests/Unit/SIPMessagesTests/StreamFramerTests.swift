import SIPMessages
import Testing

@Suite struct StreamFramerTests {
    private static func message(_ fields: String, body: String = "") -> [UInt8] {
        Array(
            ("OPTIONS sip:x@example.org SIP/2.0\r\nVia: SIP/2.0/TCP a.example;branch=z9hG4bKa\r\n"
                + "From: <sip:a@example.org>;tag=1\r\nTo: <sip:x@example.org>\r\nCall-ID: 1\r\nCSeq: 2 OPTIONS\r\n"
                + fields + "\r\n" + body).utf8)
    }

    private static let plain = message("Content-Length: 5\r\n", body: "hello")

    @Test("messages come out whole, however the bytes come in")
    func pieces() throws {
        var framer = StreamFramer()
        for byte in Self.plain.dropLast() {
            framer.append([byte])
            #expect(try framer.next() == nil)
        }
        #expect(framer.isInsideMessage)
        framer.append([Self.plain[Self.plain.count - 1]])
        #expect(try framer.next() == Self.plain)
        #expect(try framer.next() == nil)
        #expect(!framer.isInsideMessage)
        framer.append(Self.plain + Self.plain + Self.plain)
        for _ in 0..<3 { #expect(try framer.next() == Self.plain) }
        #expect(try framer.next() == nil)
    }

    @Test("two line ends are a ping, one is nothing")
    func pings() throws {
        var framer = StreamFramer()
        framer.append([13, 10])
        #expect(try framer.next() == nil)
        #expect(framer.takePings() == 0 && !framer.isInsideMessage)
        framer.append([13])
        #expect(try framer.next() == nil)
        framer.append([10, 13, 10] + Self.plain)
        #expect(try framer.next() == Self.plain)
        #expect(framer.takePings() == 1 && framer.takePings() == 0)
        framer.append([13, 10, 13, 10, 13, 10, 13, 10])
        #expect(try framer.next() == nil)
        #expect(framer.takePings() == 2)
    }

    @Test("a message without Content-Length has no body")
    func noLength() throws {
        var framer = StreamFramer()
        let short = Self.message("")
        framer.append(short + Self.plain)
        #expect(try framer.next() == short)
        #expect(try framer.next() == Self.plain)
    }

    @Test(
        "a length that cannot be trusted ends the stream with an answer",
        arguments: ["-5", "5, 5", "five", "", "99999999999", "5\r\nContent-Length: 6", "5\r\nl: 7"])
    func badLength(value: String) throws {
        var framer = StreamFramer()
        framer.append(Self.message("Content-Length: \(value)\r\n", body: "hello") + Self.plain)
        let error = #expect(throws: SIPParseError.self) { try framer.next() }
        #expect(error?.status == .badRequest && error?.reason == .contentLength && error?.header == .contentLength)
        #expect(error?.partial?.method == .options)
        #expect(framer.hasFailed)
        framer.append(Self.plain)
        #expect(try framer.next() == nil)
    }

    @Test("two equal lengths are one")
    func equalLengths() throws {
        var framer = StreamFramer()
        let message = Self.message("Content-Length: 5\r\nl: 005\r\n", body: "hello")
        framer.append(message)
        #expect(try framer.next() == message)
    }

    @Test("too large a body or header section ends the stream")
    func limits() throws {
        var framer = StreamFramer(maximumBodySize: 1000)
        framer.append(Self.message("Content-Length: 1001\r\n"))
        #expect(throws: SIPParseError.self) { try framer.next() }
        var endless = StreamFramer()
        endless.append(Self.message("").dropLast(2))
        #expect(try endless.next() == nil)
        endless.append([UInt8](repeating: 97, count: StreamFramer.maximumHeaderSectionSize))
        let error = #expect(throws: SIPParseError.self) { try endless.next() }
        #expect(error?.reason == .headerSectionTooLarge)
    }

    @Test("another protocol ends the stream without an answer")
    func otherProtocol() throws {
        var framer = StreamFramer()
        framer.append(Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
        let error = #expect(throws: SIPParseError.self) { try framer.next() }
        #expect(error?.reason == .startLine && error?.partial == nil)
    }

    @Test("a message whose rest does not come is given up with an answer")
    func abandoned() throws {
        var framer = StreamFramer()
        #expect(framer.abandon() == nil)
        framer.append(Self.plain.dropLast(2))
        #expect(try framer.next() == nil)
        let error = framer.abandon()
        #expect(error?.reason == .contentLength && error?.status == .badRequest && error?.partial != nil)
        #expect(framer.hasFailed && framer.abandon() == nil)
        var early = StreamFramer()
        early.append(Self.plain.prefix(20))
        #expect(try early.next() == nil)
        #expect(early.abandon()?.partial == nil)
    }
}
