import SIPMessages
import Testing

@Suite struct HeaderAccessTests {
    private func message(_ fields: String) throws -> SIPMessage {
        try MessageParser.parse(
            Array(
                ("INVITE sip:x@example.org SIP/2.0\r\nVia: SIP/2.0/UDP a.example;branch=z9hG4bKa\r\n"
                    + "From: <sip:a@example.org>;tag=1\r\nTo: <sip:x@example.org>\r\nCall-ID: 1\r\nCSeq: 2 INVITE\r\n"
                    + fields + "\r\n").utf8))
    }

    private func texts(_ message: SIPMessage, _ name: HeaderName) -> [String] {
        message.values(of: name).map { String(decoding: message.copy($0), as: UTF8.self) }
    }

    @Test("lists are split at commas outside quotes and brackets, across fields, in order")
    func lists() throws {
        let message = try message(
            "Route: <sip:a;lr>, \"x, \\\" y\" <sip:b,c;lr>\r\nX: 1\r\nroute: <sip:d?e=f,g>;h=\"i,j\" ,, <sip:k>\r\n"
                + "Date: Mon, 3 Feb 2025 04:05:06 GMT\r\n")
        #expect(
            texts(message, .route) == [
                "<sip:a;lr>", "\"x, \\\" y\" <sip:b,c;lr>", "<sip:d?e=f,g>;h=\"i,j\"", "<sip:k>",
            ])
        #expect(message.routes.count == 4 && message.count(of: .route) == 2)
        #expect(texts(message, .date) == ["Mon, 3 Feb 2025 04:05:06 GMT"])
        #expect(texts(message, .path).isEmpty && message.first(.path) == nil)
    }

    @Test(
        "a display name is read without its quotes, escapes and folds",
        arguments: [
            ("\"Caller\" <sip:c@a.example>", "Caller"), ("Mr Caller <sip:c@a.example>", "Mr Caller"),
            ("\"A \\\"B\\\" \\\\ C\" <sip:c@a.example>", "A \"B\" \\ C"), ("\"\" <sip:c@a.example>", ""),
            ("\"A\r\n B\" <sip:c@a.example>", "A B"), ("<sip:c@a.example>", nil), ("sip:c@a.example", nil),
        ] as [(String, String?)])
    func displayNames(_ address: String, _ name: String?) throws {
        let message = try message("Contact: \(address)\r\n")
        let contact = try #require(message.contact)
        #expect(message.displayName(of: contact).map { String(decoding: $0, as: UTF8.self) } == name)
    }

    @Test("order, repetition and case of fields are kept")
    func order() throws {
        let message = try message("X-One: a\r\nx-one: b\r\nSUBJECT: c\r\nX-ONE: d\r\n")
        let names = message.headers.suffix(4).map { String(decoding: message.copy($0.name), as: UTF8.self) }
        #expect(names == ["X-One", "x-one", "SUBJECT", "X-ONE"])
        let values = message.values(named: Array("x-One".utf8)).map {
            String(decoding: message.copy($0), as: UTF8.self)
        }
        #expect(values == ["a", "b", "d"])
    }

    @Test("option tags are found without case in every field")
    func tokens() throws {
        let message = try message("Supported: timer,\r\n Replaces\r\nk: 100REL\r\n")
        #expect(message.hasToken(.supported, "timer") && message.hasToken(.supported, "replaces"))
        #expect(message.hasToken(.supported, "100rel") && !message.hasToken(.supported, "time"))
        #expect(!message.hasToken(.require, "timer"))
    }

    @Test("parameters are found behind a value, quotes kept")
    func parameters() throws {
        let message = try message("Session-Expires: 90 ; refresher = uas;x\r\nReason: SIP;cause=200;text=\"a;b\"\r\n")
        let value = try #require(message.first(.sessionExpires))
        #expect(message.parameter("refresher", in: value).map { message.equals($0, lowercase: "uas") } == true)
        #expect(message.parameter("x", in: value)?.isEmpty == true && message.parameter("y", in: value) == nil)
        #expect(message.number(of: .sessionExpires) == 90)
        let reason = try #require(message.first(.reason))
        #expect(message.parameter("text", in: reason).map(message.copy) == Array("\"a;b\"".utf8))
    }

    @Test(
        "numbers are clamped, nonsense is nil",
        arguments: [("7", UInt32(7)), ("99999999999999", .max), ("x", nil), ("", nil)])
    func numbers(text: String, expected: UInt32?) throws {
        #expect(try message("Expires: \(text)\r\n").number(of: .expires) == expected)
    }

    @Test(
        "fields that are read late are refused when asked",
        arguments: [
            "Contact: x", "Contact:", "Contact: <sip:a", "Contact: <sip:a>;;", "Contact: sip:a?b=c",
            "Contact: \"a <sip:b>",
            "Contact: <sip:a>, b", "Route: <sip:a@>", "Record-Route: < sip:a>", "Refer-To: <sip:a>, <sip:b>",
            "Refer-To: sip:%",
            "Contact: a, b <sip:c>",
        ])
    func validation(field: String) throws {
        let message = try message(field + "\r\n")
        let error = #expect(throws: SIPParseError.self) { try message.validate() }
        #expect(error?.status == .badRequest && error?.partial == message && error?.header != nil)
    }

    @Test("Contact may be a star")
    func star() throws {
        let message = try message("m: *\r\n")
        try message.validate()
        #expect(message.hasWildcardContact && message.contacts.isEmpty && message.contact == nil)
    }

    @Test("a parser's table is reused, and a message that was kept is not changed by it")
    func reuse() throws {
        var parser = MessageParser()
        let first = try parser.parse(try message("Subject: one\r\n").bytes)
        let second = try parser.parse(try message("Subject: two\r\nPath: <sip:p>\r\n").bytes)
        #expect(texts(first, .subject) == ["one"] && first.headers.count == 6)
        #expect(texts(second, .subject) == ["two"] && second.headers.count == 7)
    }

    @Test("256 fields are read, more are refused")
    func limits() throws {
        let fields = String(repeating: "X-A: y\r\n", count: MessageParser.maximumHeaderCount - 5)
        #expect(try message(fields).headers.count == 256)
        let error = #expect(throws: SIPParseError.self) { try message(fields + "X-A: y\r\n") }
        #expect(error?.reason == .tooManyHeaders && error?.partial != nil)
        let many = String(repeating: "v: SIP/2.0/UDP x\r\n", count: 3000)
        #expect(throws: SIPParseError.self) { try message(many) }
        let large = String(repeating: "x", count: 65_536)
        let tooLarge = #expect(throws: SIPParseError.self) { try message("Subject: \(large)\r\n") }
        #expect(tooLarge?.status == .messageTooLarge && tooLarge?.partial == nil)
    }

    @Test("nothing and keep-alives are no messages", arguments: ["", "\r\n", "\r\n\r\n", "\n"])
    func empty(text: String) {
        let error = #expect(throws: SIPParseError.self) { try MessageParser.parse(Array(text.utf8)) }
        #expect(error?.reason == .empty && error?.partial == nil)
    }

    @Test("a broken ACK is answered by nobody")
    func acknowledgement() {
        let text = "ACK sip:x@example.org SIP/2.0\r\nVia: SIP/2.0/UDP a.example;branch=z9hG4bKa\r\n\r\n"
        let error = #expect(throws: SIPParseError.self) { try MessageParser.parse(Array(text.utf8)) }
        #expect(error?.reason == .missingHeader && error?.partial == nil)
    }
}
