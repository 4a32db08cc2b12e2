import Addresses
import SIPMessages
import Testing

@Suite struct MessageWriterTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test("a request is written in the order of the calls, Content-Length last")
    func request() {
        var writer = MessageWriter()
        writer.requestLine(.invite, uri: bytes("sip:bob@example.org"))
        writer.begin(.via)
        writer.append("SIP/2.0/UDP ")
        writer.append(Endpoint(IPAddress(v4: 0xC000_0201), 5060))
        writer.append(";branch=")
        writer.append(bytes("z9hG4bKx"))
        writer.end()
        writer.header(.maxForwards, 70)
        writer.header(named: bytes("X-Own"), value: bytes("yes"))
        let message = writer.finish(contentType: "application/sdp", body: bytes("v=0\r\n"))
        #expect(
            text(message) == "INVITE sip:bob@example.org SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx\r\n"
                + "Max-Forwards: 70\r\nX-Own: yes\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n")
    }

    @Test(
        "no value smuggles a line end or NUL into a message",
        arguments: [
            ("a\r\nInjected: x", "aInjected: x"), ("a\r\n Injected: x", "a Injected: x"), ("a\nb", "ab"),
            ("a\rb", "ab"),
            ("a\u{0}b", "ab"), ("\r\n\r\nINVITE", "INVITE"), ("a\r\n\t \r\n b", "a b"), ("a\tb", "a\tb"),
            ("\r\n", ""), ("a\r\n\u{0}\r\n b", "a b"),
        ])
    func injection(value: String, expected: String) {
        var writer = MessageWriter()
        writer.header(.subject, bytes(value))
        writer.header(named: bytes("X-Own"), value: bytes(value))
        writer.statusLine(.ok, reason: bytes(value))
        writer.requestLine(.invite, uri: bytes(value))
        #expect(
            text(writer.bytes) == "Subject: \(expected)\r\nX-Own: \(expected)\r\nSIP/2.0 200 \(expected)\r\n"
                + "INVITE \(expected) SIP/2.0\r\n")
    }

    @Test("a header name that is no token is not written", arguments: ["", "a b", "a:b", "a\r\nb", "a\u{0}", "ä"])
    func headerNames(name: String) {
        var writer = MessageWriter()
        writer.header(named: bytes(name), value: bytes("x"))
        #expect(writer.bytes.isEmpty)
    }

    @Test("a quoted string escapes what must be escaped")
    func quoting() {
        var writer = MessageWriter()
        writer.quoted(bytes("a \"b\" \\c\r\n\u{0}\u{7F}ü"))
        #expect(text(writer.bytes) == "\"a \\\"b\\\" \\\\cü\"")
    }

    @Test("numbers are written in decimal", arguments: [0, 9, 10, 4_294_967_295, -17])
    func numbers(number: Int) {
        var writer = MessageWriter()
        writer.append(number)
        #expect(text(writer.bytes) == String(number))
    }

    @Test(
        "the response fills received and rport into the top Via as RFC 3581 asks",
        arguments: [
            ("192.0.2.1:5060;branch=z9hG4bKa", "192.0.2.1:5060;branch=z9hG4bKa"),
            ("192.0.2.1;rport;branch=z9hG4bKa", "192.0.2.1;branch=z9hG4bKa;received=192.0.2.1;rport=4040"),
            ("10.0.0.1:5070;branch=z9hG4bKa", "10.0.0.1:5070;branch=z9hG4bKa;received=192.0.2.1"),
            (
                "host.example;rport;branch=z9hG4bKa;x=\"a;b\"",
                "host.example;branch=z9hG4bKa;x=\"a;b\";received=192.0.2.1;rport=4040"
            ),
            (
                "10.0.0.1;received=9.9.9.9;rport=1;branch=z9hG4bKa",
                "10.0.0.1;branch=z9hG4bKa;received=192.0.2.1;rport=4040"
            ),
            ("192.0.2.1;received=9.9.9.9;branch=z9hG4bKa", "192.0.2.1;branch=z9hG4bKa;received=192.0.2.1"),
            ("10.0.0.1 : 5070 ; branch = z9hG4bKa", "10.0.0.1 : 5070;branch = z9hG4bKa;received=192.0.2.1"),
        ])
    func received(sent: String, answered: String) throws {
        let request = try MessageParser.parse(
            bytes(
                "OPTIONS sip:x@example.org SIP/2.0\r\nVia: SIP/2.0/UDP \(sent), SIP/2.0/TCP b.example;branch=z9hG4bKb\r\n"
                    + "v: SIP/2.0/UDP c.example\r\nFrom: <sip:a@example.org>;tag=1\r\nTo: <sip:x@example.org>\r\n"
                    + "i: 1\r\nCSeq: 2 OPTIONS\r\nl: 0\r\n\r\n"))
        let source = Endpoint(IPAddress(v4: 0xC000_0201), 4040)
        let answer = MessageWriter.response(to: request, status: .notFound, receivedFrom: source, toTag: bytes("t")) {
            $0.header(.server, "martlet")
        }
        #expect(
            text(answer)
                == "SIP/2.0 404 Not Found\r\nVia: SIP/2.0/UDP \(answered), SIP/2.0/TCP b.example;branch=z9hG4bKb\r\n"
                + "Via: SIP/2.0/UDP c.example\r\nFrom: <sip:a@example.org>;tag=1\r\nTo: <sip:x@example.org>;tag=t\r\n"
                + "Call-ID: 1\r\nCSeq: 2 OPTIONS\r\nServer: martlet\r\nContent-Length: 0\r\n\r\n")
    }

    @Test("a To tag that is there stays")
    func toTag() throws {
        let request = try MessageParser.parse(Array(MessageParserTests.invite.utf8))
        let answer = try MessageParser.parse(MessageWriter.response(to: request, status: .ok, toTag: bytes("mine")))
        #expect(answer.to.tag.map(answer.copy) == bytes("mine"))
        var again = MessageWriter()
        again.requestLine(.bye, uri: bytes("sip:x@example.org"))
        for name in [HeaderName.via, .from, .callID] { again.copy(name, of: answer) }
        again.copy(.to, of: answer)
        again.header(.cSeq, "18 BYE")
        let bye = try MessageParser.parse(again.finish())
        let second = try MessageParser.parse(MessageWriter.response(to: bye, status: .ok, toTag: bytes("other")))
        #expect(second.to.tag.map(second.copy) == bytes("mine"))
    }

    @Test("every registered status has a phrase, every method its token, every field its name")
    func tables() {
        #expect(StatusCode.callDoesNotExist.reasonPhrase.description == "Call/Transaction Does Not Exist")
        #expect(StatusCode(499).reasonPhrase.description == "Request Failure")
        for method in Method.allCases where method != .unknown {
            let line = "\(method.token) sip:a@b SIP/2.0\r\n"
            guard case .request(let read, _, _) = try? partialStartLine(line) else {
                Issue.record("\(method) was not read")
                continue
            }
            #expect(read == method)
        }
        for name in HeaderName.allCases where name != .other {
            #expect(HeaderName(Array(name.canonical.description.utf8)) == name)
            #expect(HeaderName(Array(name.canonical.description.uppercased().utf8)) == name)
            #expect(HeaderName(Array((name.canonical.description + "x").utf8)) == .other)
        }
        for compact in "bcefiklmorstuvx" { #expect(HeaderName(Array(String(compact).utf8)) != .other) }
        for other in ["", "a", "z", "Vi", "Call ID", "Call\rID", "Contend-Length", "X-Via"] {
            #expect(HeaderName(Array(other.utf8)) == .other)
        }
    }

    /// The start line of a request that is otherwise too short, from what its error keeps.
    private func partialStartLine(_ line: String) throws -> StartLine? {
        do throws(SIPParseError) {
            return try MessageParser.parse(Array((line + "Via: SIP/2.0/UDP a\r\n\r\n").utf8)).startLine
        } catch {
            return error.partial?.startLine
                ?? .request(.ack, method: ByteRange(from: 0, to: 3), uri: ByteRange(from: 4, to: 5))
        }
    }
}
