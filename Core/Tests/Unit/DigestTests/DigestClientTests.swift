import SIPMessages
import SIPUserAgent
import Testing

@Suite struct DigestClientTests {
    private let rfc7616 = DigestClient(
        username: Array("Mufasa".utf8), password: Array("Circle of Life".utf8), functions: TestHashes.functions)

    private func challenge(_ algorithm: DigestAlgorithm) -> DigestChallenge {
        DigestChallenge(
            realm: Array("http-auth@example.org".utf8),
            nonce: Array("7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v".utf8),
            algorithm: algorithm)
    }

    private func answer(_ challenges: [DigestChallenge]) -> DigestCredentials? {
        rfc7616.answer(
            challenges, method: Array("GET".utf8), uri: Array("/dir/index.html".utf8),
            cnonce: Array("f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ".utf8))
    }

    @Test("the hash functions of these tests are MD5 and SHA-256")
    func hashes() {
        #expect(TestHashes.hexadecimal(TestHashes.md5([])) == "d41d8cd98f00b204e9800998ecf8427e")
        #expect(TestHashes.hexadecimal(TestHashes.md5(Array("abc".utf8))) == "900150983cd24fb0d6963f7d28e17f72")
        #expect(
            TestHashes.hexadecimal(TestHashes.sha256(Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test("the examples of RFC 7616 §3.9.1 are answered as printed there")
    func vectors() {
        #expect(
            answer([challenge(.sha256)])?.response
                == Array("753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1".utf8))
        #expect(answer([challenge(.md5)])?.response == Array("8ca523f5e9506fed4657c9700eebdbec".utf8))
        #expect(answer([challenge(.md5)])?.nonceCount == Array("00000001".utf8))
    }

    @Test("the example of RFC 2069 without qop is answered in its form")
    func withoutQOP() {
        let client = DigestClient(
            username: Array("Mufasa".utf8), password: Array("CircleOfLife".utf8), functions: TestHashes.functions)
        let challenges = DigestChallenge.parse(
            Array("Digest realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\"".utf8))
        let answer = client.answer(
            challenges, method: Array("GET".utf8), uri: Array("/dir/index.html".utf8), cnonce: Array("x".utf8))
        #expect(answer?.response == Array("1949323746fe6a43ef61f9606e7febea".utf8))
        #expect(answer?.qop == nil && answer?.cnonce == nil && answer?.nonceCount == nil)
    }

    @Test("the first challenge that can be answered is answered, in the peer's order")
    func order() {
        #expect(answer([challenge(.unknown), challenge(.sha256), challenge(.md5)])?.algorithm == .sha256)
        #expect(answer([challenge(.md5), challenge(.sha256)])?.algorithm == .md5)
        #expect(answer([challenge(.unknown)]) == nil)
        #expect(answer([]) == nil)
        var integrityOnly = challenge(.md5)
        integrityOnly.offersAuth = false
        #expect(answer([integrityOnly]) == nil)
    }

    @Test("credentials kept for one realm are not given to another")
    func realms() {
        let client = DigestClient(
            username: [97], password: [98], realm: Array("carrier".utf8), functions: TestHashes.functions)
        #expect(client.answer([challenge(.md5)], method: [77], uri: [85], cnonce: [99]) == nil)
    }
}
