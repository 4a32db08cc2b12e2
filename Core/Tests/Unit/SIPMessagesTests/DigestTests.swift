import SIPMessages
import Testing

@Suite struct DigestTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test("a challenge is read in any order, with and without quotes")
    func challenge() throws {
        let challenges = DigestChallenge.parse(
            bytes(
                "Digest STALE=TRUE ,nonce=\"ab\\\"c\", realm = \"a, b\",qop=\"auth-int, AUTH\" , algorithm=sha-256,"
                    + "opaque=xyz, unknown=\"1\""))
        let challenge = try #require(challenges.first)
        #expect(challenges.count == 1)
        #expect(
            challenge.realm == bytes("a, b") && challenge.nonce == bytes("ab\"c") && challenge.opaque == bytes("xyz"))
        #expect(challenge.algorithm == .sha256 && challenge.offersAuth && challenge.hasQOP && challenge.isStale)
    }

    @Test("several challenges in one field and several fields keep their order; other schemes are left out")
    func several() {
        let challenges = DigestChallenge.parse(
            bytes(
                "Basic realm=\"x\", Digest realm=\"one\", nonce=\"1\", algorithm=SHA-256, digest realm=\"two\", nonce=2,"
                    + " Negotiate abc==, Digest realm=\"three\""))
        #expect(challenges.map(\.realm) == [bytes("one"), bytes("two")])
        #expect(challenges.map(\.algorithm) == [.sha256, .md5])
    }

    @Test("credentials are read and written")
    func credentials() throws {
        let text =
            "Digest username=\"al\\\\ice\", realm=\"r\", nonce=\"n\", uri=\"sip:x@y;z=\\\"1\\\"\", response=\"0a1b\", "
            + "algorithm=MD5-sess, opaque=\"\", qop=auth, nc=0000001f, cnonce=\"c\""
        let credentials = try #require(DigestCredentials(bytes(text)))
        #expect(credentials.username == bytes("al\\ice") && credentials.uri == bytes("sip:x@y;z=\"1\""))
        #expect(credentials.algorithm == .md5Session && credentials.qop == bytes("auth") && credentials.opaque == [])
        #expect(credentials.nonceCountNumber == 31 && credentials.cnonce == bytes("c"))
        var writer = MessageWriter()
        credentials.write(as: .authorization, into: &writer)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "Authorization: " + text + "\r\n")
    }

    @Test("a written challenge is read back")
    func writtenChallenge() throws {
        var challenge = DigestChallenge(realm: bytes("a \"b\""), nonce: bytes("n1"), algorithm: .sha256)
        challenge.isStale = true
        challenge.opaque = bytes("o")
        var writer = MessageWriter()
        challenge.write(as: .wwwAuthenticate, into: &writer)
        let value = Array(writer.bytes.dropFirst("WWW-Authenticate: ".utf8.count).dropLast(2))
        #expect(DigestChallenge.parse(value) == [challenge])
    }

    @Test(
        "what proves nothing is no credential",
        arguments: [
            "", "Digest", "Basic abc", "Digest username=\"a\"", "Digest username=\"a\", nonce=\"n\"",
            "Digest username=\"a\", nonce=\"n\", response=\"", "Digest =,=,\"\"", "Oath by=\"the moon\"",
        ])
    func refused(text: String) {
        #expect(DigestCredentials(bytes(text)) == nil)
    }

    @Test("a nonce count is at most eight hexadecimal digits", arguments: ["", "123456789", "0x1", "g"])
    func nonceCounts(text: String) {
        var credentials = DigestCredentials()
        credentials.nonceCount = bytes(text)
        #expect(credentials.nonceCountNumber == nil)
    }
}
