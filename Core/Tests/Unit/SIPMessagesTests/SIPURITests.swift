import Addresses
import SIPMessages
import Testing

@Suite struct SIPURITests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
    private func part(_ text: String, _ range: ByteRange?) -> String? {
        range.map { String(decoding: bytes(text)[$0.start..<$0.end], as: UTF8.self) }
    }

    @Test("every part of a SIP URI is found")
    func parts() throws {
        let text =
            "SIPS:al%20ice;ext=1?x:p%40ss@[2001:db8::1]:5071;Transport=TCP;lr;maddr=10.0.0.1;user=phone?Subject=a&X=b"
        let uri = try SIPURI(parsing: bytes(text))
        #expect(uri.scheme == .sips)
        #expect(part(text, uri.user) == "al%20ice;ext=1?x" && part(text, uri.password) == "p%40ss")
        #expect(uri.unescapedUser(in: bytes(text)) == bytes("al ice;ext=1?x"))
        #expect(part(text, uri.host) == "[2001:db8::1]" && uri.port == 5071)
        #expect(uri.hostAddress(in: bytes(text)) == IPAddress("2001:db8::1"))
        #expect(uri.transport == .tcp && part(text, uri.transportToken) == "TCP" && uri.isLooseRouter)
        #expect(part(text, uri.maddr) == "10.0.0.1" && part(text, uri.userParameter) == "phone")
        #expect(part(text, uri.parameters) == ";Transport=TCP;lr;maddr=10.0.0.1;user=phone")
        #expect(part(text, uri.headers) == "Subject=a&X=b" && part(text, uri.whole) == text)
    }

    @Test("tel and unknown schemes are kept")
    func otherSchemes() throws {
        let tel = "tel:+1-201-555-0123;phone-context=example.com"
        let uri = try SIPURI(parsing: bytes(tel))
        #expect(uri.scheme == .tel && part(tel, uri.user) == "+1-201-555-0123" && uri.host.isEmpty)
        #expect(part(tel, uri.parameters) == ";phone-context=example.com")
        #expect(try SIPURI(parsing: bytes("mailto:a@b@c")).scheme == .other)
    }

    @Test(
        "legal URIs are accepted",
        arguments: [
            "sip:a", "sip:a.example:1", "sip:#31#123@a", "sip:a:@b", "sip:a;x", "sip:a;x=;y", "sip:a;x?h=v",
            "sip:10.0.0.1",
            "sip:[::1]", "sip:+1(2)3@a", "sip:\u{E4}@a", "sip:a-b_c.d", "tel:1",
        ])
    func accepted(text: String) {
        #expect(throws: Never.self) { try SIPURI(parsing: bytes(text)) }
    }

    @Test(
        "malformed URIs are refused",
        arguments: [
            "", "sip", "sip:", ":a", "1sip:a", "sip:@a", "sip:a@", "sip:a@b@c", "sip::p@a", "sip:a:", "sip:a:0",
            "sip:a:65536",
            "sip:a:5o60", "sip:a b", "sip:<a>", "sip:a\"b", "sip:%4@a", "sip:%zz@a", "sip:a;", "sip:a;;b", "sip:a;=b",
            "sip:a?",
            "sip:[::1", "sip:[1.2.3.4]", "sip:[::g]", "sip:[]", "sip:::1", "sip:a\u{0}b", "sip:a\r\n b", "tel:",
            "tel:;x", "sip:a/b",
        ])
    func refused(text: String) {
        let error = #expect(throws: SIPParseError.self) { try SIPURI(parsing: bytes(text)) }
        #expect(error?.status == .badRequest && error?.reason == .uri)
    }

    @Test("a range outside the bytes is refused")
    func outside() {
        #expect(throws: SIPParseError.self) { try SIPURI(parsing: bytes("sip:a"), ByteRange(from: 2, to: 9)) }
    }

    @Test("a user part is escaped so that it is read back")
    func escaping() throws {
        let user: [UInt8] = Array(0...255)
        var text = bytes("sip:")
        SIPURI.appendEscapedUser(user, to: &text)
        text += bytes("@host")
        #expect(try SIPURI(parsing: text).unescapedUser(in: text) == user)
        #expect(SIPURI.unescaped(bytes("%4a%4A%%4%zz%")[...]) == bytes("JJ%%4%zz%"))
    }
}
