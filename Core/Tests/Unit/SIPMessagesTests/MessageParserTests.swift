import SIPMessages
import Testing

@Suite struct MessageParserTests {
    static let invite = """
        INVITE sip:bob@192.0.2.7:5070;transport=udp SIP/2.0\r
        Via: SIP/2.0/UDP 192.0.2.1:5062;branch=z9hG4bKabc;rport\r
        Via: SIP/2.0/TCP proxy.example.org;branch=z9hG4bKdef\r
        From: "Alice \\"A\\" Example" <sip:alice@192.0.2.1>;tag=12ab\r
        To: <sip:bob@192.0.2.7>\r
        i: call-1@192.0.2.1\r
        CSeq: 17 INVITE\r
        m: <sip:alice@192.0.2.1:5062>\r
        Max-Forwards: 70\r
        k: timer,\r
          100rel\r
        Content-Type: application/sdp\r
        l: 5\r
        \r
        v=0\r

        """

    @Test("an ordinary INVITE is taken apart")
    func ordinary() throws {
        let message = try MessageParser.parse(Array(Self.invite.utf8))
        func text(_ range: ByteRange?) -> String? { range.map { String(decoding: message.copy($0), as: UTF8.self) } }
        #expect(message.method == .invite)
        #expect(message.isRequest && message.status == nil)
        #expect(text(message.requestURI) == "sip:bob@192.0.2.7:5070;transport=udp")
        #expect(text(message.via.host) == "192.0.2.1")
        #expect(message.via.port == 5062)
        #expect(text(message.via.branch) == "z9hG4bKabc")
        #expect(message.via.rport == .empty)
        #expect(message.via.hasMagicCookie)
        #expect(message.via.transport == .udp)
        #expect(message.count(of: .via) == 2)
        #expect(text(message.from.display) == "\"Alice \\\"A\\\" Example\"")
        #expect(text(message.from.uri) == "sip:alice@192.0.2.1")
        #expect(text(message.from.tag) == "12ab")
        #expect(message.to.tag == nil)
        #expect(text(message.callID) == "call-1@192.0.2.1")
        #expect(message.cSeq.number == 17)
        #expect(message.maxForwards == 70)
        #expect(message.hasToken(.supported, "100rel"))
        #expect(!message.hasToken(.supported, "replaces"))
        #expect(text(message.contact?.uri) == "sip:alice@192.0.2.1:5062")
        #expect(message.hasContentType("application/sdp"))
        #expect(text(message.body) == "v=0\r\n")
    }
}
