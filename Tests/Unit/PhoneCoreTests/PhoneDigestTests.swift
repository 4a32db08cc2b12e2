import Addresses
import Audio
import SIPMessages
import Testing

@testable import TestPhone

@Suite struct PhoneDigestTests {
    private func challenge(_ parameters: String) -> [DigestChallenge] {
        DigestChallenge.parse(Array("Digest \(parameters)".utf8))
    }

    private func answer(_ challenges: [DigestChallenge]) -> String? {
        PhoneDigest.answer(
            challenges, PhoneCredentials(username: "Mufasa", password: "Circle of Life"), method: .options,
            uri: Array("sip:example.org".utf8), cnonce: Array("0a4f113b".utf8)
        ).map { String(decoding: $0.response, as: UTF8.self) }
    }

    /// Responses computed with Python's hashlib from the formulas of RFC 7616 §3.4.
    @Test("each algorithm gives the response that its formula asks for")
    func responses() {
        let nonce = #"realm="testrealm", nonce="dcd98b71", opaque="x""#
        #expect(answer(challenge(nonce)) == "9660b6a93f28d319763362875dec07d2")
        #expect(answer(challenge(nonce + #", qop="auth,auth-int""#)) == "cf42633b55945845f944115921dfb765")
        #expect(answer(challenge(nonce + #", qop="auth", algorithm=MD5-sess"#)) == "808f1b36c9f999fa5f775b4477dbbe44")
        #expect(
            answer(challenge(nonce + #", qop="auth", algorithm=SHA-256"#))
                == "eea880d2ecd5cfc4ae832ffbc5b6204c52e7c36807c455358ef13ed65dd0a86a")
        #expect(
            answer(challenge(nonce + #", qop="auth", algorithm=SHA-256-sess"#))
                == "80d8f6c024fae48a84a181793f0df05f02e040b63d406004dce09755570c317d")
    }

    @Test("the first challenge that can be answered is answered")
    func choice() {
        let first = challenge(#"realm="r", nonce="n", qop="auth", algorithm=SHA-512-256"#)
        let second = challenge(#"realm="r", nonce="n", qop="auth-int""#)
        let third = challenge(#"realm="r", nonce="n", qop="auth""#)
        #expect(answer(first + second) == nil)
        #expect(answer(first + second + third) == answer(third))
    }

    @Test("descriptions that make no sense are refused and other streams are declined in their place")
    func descriptions() throws {
        #expect(PhoneDescription(parsing: []) == nil)
        #expect(PhoneDescription(parsing: Array("v=0\r\nm=audio\r\n".utf8)) == nil)
        #expect(PhoneDescription(parsing: Array("v=0\r\nm=audio 99999 RTP/AVP 0\r\n".utf8)) == nil)
        let offer = [
            "v=0", "o=- 1 1 IN IP4 10.0.0.1", "s=-", "c=IN IP4 10.0.0.1", "t=0 0", "m=video 5000 RTP/AVP 31",
            "m=audio 5002 RTP/AVP 9 8 0 96", "c=IN IP4 10.0.0.9", "a=rtpmap:96 telephone-event/8000", "",
        ].joined(separator: "\r\n")
        let description = try #require(PhoneDescription(parsing: Array(offer.utf8)))
        let agreement = try #require(description.agreement([.pcmu, .pcma]))
        #expect(agreement.codec == .pcma && agreement.eventPayloadType == 96 && !agreement.isHeld)
        #expect(agreement.remote == Endpoint(IPAddress(v4: 0x0A00_0009), 5002))
        let local = Endpoint(IPAddress(v4: 0x7F00_0001), 7000)
        let answer = String(
            decoding: description.answer(agreement, at: local, session: 5, version: 1), as: UTF8.self)
        #expect(answer.contains("m=video 0 RTP/AVP 31\r\nm=audio 7000 RTP/AVP 8 96\r\n"))
        #expect(description.agreement([.pcmu])?.codec == .pcmu)
        let held = offer.replacing("10.0.0.9", with: "0.0.0.0")
        #expect(PhoneDescription(parsing: Array(held.utf8))?.agreement([.pcma])?.isHeld == true)
    }
}
