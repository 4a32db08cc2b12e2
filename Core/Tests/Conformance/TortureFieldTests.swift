import Addresses
import SIPMessages
import Testing

/// What the parser reads out of the messages of RFC 4475 and RFC 5118, where their verdicts turn on it.
@Suite(.enabled(if: ConformanceMaterial.isPresent, "conformance material is absent"))
struct TortureFieldTests {
    private func parse(_ name: String) throws -> SIPMessage {
        let old = ConformanceMaterial.message("rfc4475", name)
        return try MessageParser.parse(old.isEmpty ? ConformanceMaterial.message("rfc5118-wire", name) : old)
    }

    private func text(_ message: SIPMessage, _ range: ByteRange?) -> String? {
        range.map { String(decoding: message.unfolded($0), as: UTF8.self) }
    }

    @Test("wsinv: folds, blanks, compact names and leading zeros")
    func wsinv() throws {
        let message = try parse("wsinv")
        #expect(text(message, message.to.tag) == "1918181833n")
        #expect(text(message, message.from.tag) == "98asjd8")
        #expect(text(message, message.from.display) == "\"J Rosenberg \\\\\\\"\"")
        #expect(message.maxForwards == 68)
        #expect(message.cSeq.number == 9 && message.cSeq.method == .invite)
        #expect(text(message, message.callID) == "wsinv.ndaksdj@192.0.2.1")
        #expect(message.vias.map { text(message, $0.host) } == ["192.0.2.2", "spindle.example.com", "192.168.255.111"])
        #expect(message.vias.map { text(message, $0.branch) } == ["390skdjuw", "z9hG4bK9ikj8", "z9hG4bK30239"])
        #expect(message.vias.map(\.hasMagicCookie) == [false, true, true])
        #expect(message.vias.map(\.transport) == [.udp, .tcp, .udp])
        #expect(text(message, message.first(.subject)) == "")
        let unknown = message.values(named: Array("unknownheaderwithunusualVALUE".utf8))
        #expect(unknown.map { text(message, $0) } == [";;,,;;,;"])
        let folded = message.values(named: Array("NewFangledHeader".utf8))
        #expect(folded.map { text(message, $0) } == ["newfangled value continued newfangled value"])
        let route = try #require(message.routes.first)
        #expect(try message.uri(route.uri).isLooseRouter)
        let contact = try #require(message.contact)
        #expect(text(message, contact.display) == "\"Quoted string \\\"\\\"\"")
        #expect(text(message, message.parameter("newparam", in: contact.parameters)) == "newvalue")
        #expect(message.parameter("secondparam", in: contact.parameters)?.isEmpty == true)
        #expect(text(message, message.parameter("q", in: contact.parameters)) == "0.33")
        #expect(message.body.count == 150 && message.hasContentType("application/sdp"))
    }

    @Test("intmeth: the rarest legal characters survive")
    func intmeth() throws {
        let message = try parse("intmeth")
        #expect(message.method == .unknown)
        #expect(text(message, message.methodToken) == "!interesting-Method0123456789_*+`.%indeed'~")
        #expect(text(message, message.callID) == "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{")
        #expect(text(message, message.from.tag) == "_token~1'+`*%!-.")
        let display = message.copy(try #require(message.to.display))
        #expect(display.contains(0) && display.contains(7) && display.contains(127))
        let target = try #require(message.requestTarget)
        #expect(text(message, target.host) == "example.com")
        #expect(text(message, target.user) == "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*")
        #expect(message.maxForwards == 255)
        let answer = MessageWriter.response(to: message, status: .notImplemented, toTag: [120])
        #expect(
            try MessageParser.parse(answer).copy(MessageParser.parse(answer).to.display ?? message.callID) == display)
    }

    @Test("escapes are decoded in user parts only, NUL included")
    func escapes() throws {
        let message = try parse("esc01")
        let target = try #require(message.requestTarget)
        #expect(target.scheme == .sip)
        #expect(text(message, target.host) == "example.net")
        #expect(target.unescapedUser(in: message.bytes) == Array("sips:user@example.com".utf8))
        let register = try parse("escnull")
        let users = try register.contacts.map { try register.uri($0.uri).unescapedUser(in: register.bytes) }
        #expect(users == [[0], [0, 0]])
        #expect(try parse("esc02").method == .unknown)
        let semicolon = try parse("semiuri")
        let uri = try #require(semicolon.requestTarget)
        #expect(text(semicolon, uri.user) == "user;par=u%40example.net")
        #expect(uri.parameters.isEmpty)
    }

    @Test("display name without a blank, and thirty-odd Vias")
    func displayAndVias() throws {
        let message = try parse("lwsdisp")
        #expect(text(message, message.from.display) == "caller")
        let long = try parse("longreq")
        #expect(long.count(of: .via) == 34 && long.vias.count == 34)
        let answer = try MessageParser.parse(MessageWriter.response(to: long, status: .ok, toTag: [120]))
        #expect(answer.values(of: .via).map(answer.unfolded) == long.values(of: .via).map(long.unfolded))
        let transports = try parse("transports")
        #expect(transports.vias.map(\.transport) == [.udp, nil, .tls, nil, .tcp])
    }

    @Test("bytes behind Content-Length are the next message of a stream, and noise in a datagram")
    func twoInOne() throws {
        let bytes = ConformanceMaterial.message("rfc4475", "dblreq")
        let message = try MessageParser.parse(bytes)
        #expect(message.method == .register && message.body.isEmpty)
        var framer = StreamFramer()
        framer.append(bytes)
        let first = try #require(try framer.next())
        let second = try #require(try framer.next())
        #expect(try MessageParser.parse(first).method == .register)
        #expect(try MessageParser.parse(second).method == .invite)
    }

    @Test("bodies and reason phrases keep their octets")
    func octets() throws {
        let parts = try parse("mpart01")
        #expect(parts.copy(parts.body).contains(0) && Int(parts.body.count) == parts.contentLength)
        let foreign = try parse("unreason")
        guard case .response(.ok, let reason) = foreign.startLine else { return #expect(Bool(false)) }
        #expect(foreign.copy(reason).count { $0 > 127 } == 54)
        guard case .response(.trying, let none) = try parse("noreason").startLine else { return #expect(Bool(false)) }
        #expect(none.isEmpty)
    }

    @Test("what the user agent needs for 416, 420, 415, 401, 406 and 483")
    func laterVerdicts() throws {
        #expect(try parse("unkscm").requestTarget?.scheme == .other)
        #expect(try parse("novelsc").requestTarget?.scheme == .other)
        let extended = try parse("bext01")
        #expect(
            extended.values(of: .require).map { text(extended, $0) } == [
                "nothingSupportsThis", "nothingSupportsThisEither",
            ])
        #expect(extended.values(of: .proxyRequire).count == 2)
        #expect(try !parse("invut").hasContentType("application/sdp"))
        let authorised = try parse("regaut01")
        #expect(authorised.first(.authorization) != nil)
        #expect(DigestCredentials.all(of: authorised, .authorization).isEmpty)
        #expect(try !parse("sdp01").hasToken(.accept, "application/sdp"))
        #expect(try parse("zeromf").maxForwards == 0)
        let mismatch = try parse("mismatch02")
        #expect(mismatch.method == .unknown && mismatch.cSeq.method == .invite)
        #expect(try !parse("badbranch").via.hasMagicCookie)
        let old = try parse("inv2543")
        #expect(old.via.branch == nil && old.from.tag == nil && old.contentLength == nil && !old.body.isEmpty)
    }

    @Test("Contact parameters belong to the header or to the URI")
    func contacts() throws {
        let header = try parse("cparam01")
        #expect(text(header, header.contact?.uri) == "sip:+19725552222@gw1.example.net")
        #expect(text(header, header.contact?.parameters) == ";unknownparam")
        let inside = try parse("cparam02")
        #expect(text(inside, inside.contact?.uri) == "sip:+19725552222@gw1.example.net;unknownparam")
        let route = try parse("regescrt")
        let uri = try route.uri(try #require(route.contact).uri)
        #expect(text(route, uri.headers) == "Route=%3Csip:sip.example.com%3E")
    }

    @Test("an unfinished header section is refused like a finished one")
    func unfinished() {
        let bytes = ConformanceMaterial.message("rfc4475", "baddn")
        for form in [bytes, bytes + [13, 10]] {
            #expect(throws: SIPParseError.self) { try MessageParser.parse(form) }
        }
    }

    @Test("IPv6 in Request-URI, Via and Contact")
    func six() throws {
        let ambiguous = try parse("port-ambiguous")
        let whole = try #require(ambiguous.requestTarget)
        #expect(whole.port == nil && whole.hostAddress(in: ambiguous.bytes) == IPAddress("2001:db8::10:5070"))
        let clear = try parse("port-unambiguous")
        let target = try #require(clear.requestTarget)
        #expect(target.port == 5070 && target.hostAddress(in: clear.bytes) == IPAddress("2001:db8::10"))
        for name in ["via-received-param-with-delim", "via-received-param-no-delim"] {
            let message = try parse(name)
            #expect(IPAddress(message.copy(try #require(message.via.received))) == IPAddress("2001:db8::9:255"))
        }
        let mixed = try parse("mult-ip-in-header")
        #expect(mixed.vias.map(\.port) == [6050, nil, nil])
        let mapped = try parse("ipv4-mapped-ipv6")
        #expect(IPAddress(mapped.copy(mapped.via.host)) == IPAddress("192.0.2.10") && mapped.via.port == 19823)
        for name in ["ipv6-bug-abnf-3-colons", "ipv6-correct-abnf-2-colons"] {
            let message = try parse(name)
            #expect(message.requestTarget?.hostAddress(in: message.bytes) == IPAddress("2001:db8::c000:201"))
        }
    }

    @Test("what is parsed and written again says the same, and answers parse")
    func roundTrips() throws {
        for (set, names) in [
            ("rfc4475", ConformanceMaterial.names("rfc4475")),
            ("rfc5118-wire", ConformanceMaterial.names("rfc5118-wire")),
        ] {
            for name in names {
                let bytes = ConformanceMaterial.message(set, name)
                try Exercise.expectAnswer(bytes)
                guard let message = try? MessageParser.parse(bytes) else { continue }
                let rewritten = try MessageParser.parse(Exercise.rewrite(message))
                Exercise.expectSame(message, rewritten)
            }
        }
    }
}
