import Addresses
import SDP
import Testing

@Suite struct HostileDescriptionTests {
    static let samples = [SampleDescriptions.plain, SampleDescriptions.conference]

    /// Drives everything that reads a body.
    private func read(_ sdp: [UInt8]) -> Bool {
        let origin = Origin(sessionID: 1, version: 1, address: IPAddress(v4: 1))
        _ = RelayedDescription.rewrite(sdp, origin: origin, ports: [4_000, nil, 4_002], address: origin.address)
        guard let parsed = try? SessionDescription(parsing: sdp) else { return false }
        _ = parsed.serialized()
        return SDPSummary(scanning: sdp) != nil
    }

    @Test("every beginning of a body is read or refused", arguments: samples)
    func prefixes(sample: [UInt8]) {
        for count in 0...sample.count { _ = read(Array(sample.prefix(count))) }
        #expect(read(sample))
        #expect(!read([]))
    }

    @Test("every body with one bit changed is read or refused", arguments: samples)
    func bitFlips(sample: [UInt8]) {
        var flipped = sample
        for position in sample.indices {
            for bit in 0..<8 {
                flipped[position] ^= 1 << UInt8(bit)
                _ = read(flipped)
                flipped[position] = sample[position]
            }
        }
        #expect(flipped == sample)
    }

    @Test("every body with one byte cut out or doubled is read or refused", arguments: samples)
    func cuts(sample: [UInt8]) {
        for position in sample.indices {
            var changed = sample
            changed.remove(at: position)
            _ = read(changed)
            changed = sample
            changed.insert(sample[position], at: position)
            _ = read(changed)
        }
        #expect(read(sample))
    }

    @Test(
        "what is malformed is refused with its reason",
        arguments: [
            (["v=1", "o=- 1 1 IN IP4 192.0.2.1"], SDPParseError.Reason.version),
            (["o=- 1 1 IN IP4 192.0.2.1"], .version),
            (["v=0", "s=-"], .origin),
            (["v=0", "o=- one 1 IN IP4 192.0.2.1"], .origin),
            (["v=0", "o=- 1 1 IN IP4"], .origin),
            (["v=0", "o=- 1 1 IN IP4 192.0.2.1", "o=- 1 1 IN IP4 192.0.2.1"], .origin),
            (["v=0", "m=audio 1 RTP/AVP 0", "o=- 1 1 IN IP4 192.0.2.1"], .origin),
            (["v=0", "o=- 1 1 IN IP4 192.0.2.1", "m=audio 4000 RTP/AVP 0"], .connection),
            (["v=0", "o=- 1 1 IN IP4 192.0.2.1", "c=IN IP4"], .connection),
            (["v=0", "o=- 1 1 IN IP4 192.0.2.1", "c=IN IP4 300.1.2.3"], .connection),
            (["v=0", "o=- 1 1 IN IP4 192.0.2.1", "c=IN IP4 2001:db8::1"], .connection),
            (["v=0", "o=- 1 1 IN IP4 192.0.2.1", "c=IN IP6 192.0.2.1"], .connection),
            (["v=0", "o=- 1 1 IN IP4 192.0.2.1", "m=audio 65536 RTP/AVP 0"], .media),
            (["v=0", "o=- 1 1 IN IP4 192.0.2.1", "m=audio -1 RTP/AVP 0"], .media),
            (["v=0", "o=- 1 1 IN IP4 192.0.2.1", "m=audio 99999999999999999999999 RTP/AVP 0"], .media),
            (["v=0", "o=- 1 1 IN IP4 192.0.2.1", "m=audio 4/0 RTP/AVP 0"], .media),
            (["v=0", "o=- 1 1 IN IP4 192.0.2.1", "m=audio 4000 RTP/AVP"], .media),
            (["v=0", "o=- 1 1 IN IP4 192.0.2.1", "m=audio"], .media),
            (["v=0", "o=- 1 1 IN IP4 192.0.2.1", "a=rtcp:70000"], .attribute),
            (["v=0", "o=- 1 1 IN IP4 192.0.2.1", "a=rtcp:5 IN IP4"], .attribute),
            (["v=0", "o=- 1 1 IN IP4 192.0.2.1", "a=rtpmap:128 X/8000"], .attribute),
            (["v=0", "o=- 1 1 IN IP4 192.0.2.1", "a=rtpmap:96 X"], .attribute),
            (["v=0", "o=- 1 1 IN IP4 192.0.2.1", "hello"], .lineSyntax),
            (["v=0", "o=- 1 1 IN IP4 192.0.2.1", "A=x"], .lineSyntax),
            (["v=0", "o=- 1 1 IN IP4 192.0.2.1", "", "s=-"], .lineSyntax),
            (["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=a\0b"], .controlCharacter),
            (["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=a\rb"], .controlCharacter),
        ])
    func reasons(lines: [String], reason: SDPParseError.Reason) {
        let sdp = Array(lines.map { $0 + "\r\n" }.joined().utf8)
        #expect(SDPSummary(scanning: sdp) == nil)
        let error = #expect(throws: SDPParseError.self) { try SessionDescription(parsing: sdp) }
        #expect(error?.reason == reason)
    }

    @Test("bodies beyond the limits are refused")
    func limits() {
        func reason(_ sdp: [UInt8]) -> SDPParseError.Reason? {
            do throws(SDPParseError) {
                _ = try SessionDescription(parsing: sdp)
                return nil
            } catch {
                return error.reason
            }
        }
        let base = SampleDescriptions.audio()
        let media = Array("m=audio 4000 RTP/AVP 0\r\n".utf8)
        let manyMedia = base + Array(repeating: media, count: SessionDescription.maximumMedia - 1).flatMap { $0 }
        #expect(reason(manyMedia) == nil)
        #expect(reason(manyMedia + media) == .tooManyMedia)
        let manyLines =
            base + Array(repeating: Array("a=x\n".utf8), count: SessionDescription.maximumLines).flatMap { $0 }
        #expect(reason(manyLines) == .tooManyLines)
        let long = base + Array("a=".utf8) + [UInt8](repeating: 65, count: SessionDescription.maximumBytes)
        #expect(reason(long) == .tooLarge)
    }
}
