import Addresses
import SDP
import Testing

@Suite struct RelayedDescriptionTests {
    static let ours = Origin(sessionID: 77, version: 3, address: address("203.0.113.5"))

    private func rewrite(_ sdp: [UInt8], _ ports: [UInt16?] = [30_000], _ address: IPAddress? = nil) -> String {
        text(RelayedDescription.rewrite(sdp, origin: Self.ours, ports: ports, address: address ?? Self.ours.address))
    }

    @Test("addresses and ports become ours and the rest passes byte for byte")
    func plain() {
        let expected = SampleDescriptions.lines(
            "v=0", "o=- 77 3 IN IP4 203.0.113.5", "s=-", "c=IN IP4 203.0.113.5", "t=0 0",
            "m=audio 30000 RTP/AVP 0 8 101", "a=rtpmap:0 PCMU/8000", "a=rtpmap:8 PCMA/8000",
            "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-15", "a=ptime:20", "a=sendrecv")
        #expect(rewrite(SampleDescriptions.plain) == text(expected))
    }

    @Test("several streams: ICE goes, rtcp follows the port, refused ports stay 0, bundle and mux stay")
    func several() {
        let expected = SampleDescriptions.lines(
            "v=0", "o=- 77 3 IN IP4 203.0.113.5", "s=Two streams", "i=about this", "b=AS:512", "t=0 0",
            "a=group:BUNDLE 0 1", "a=recvonly", "m=audio 30000 UDP/TLS/RTP/SAVPF 111 0", "c=IN IP4 203.0.113.5",
            "a=mid:0", "a=rtcp:30001", "a=rtcp-mux", "a=rtpmap:111 opus/48000/2",
            "a=fmtp:111 minptime=10;useinbandfec=1", "a=fingerprint:sha-256 AA:BB", "a=sendonly",
            "m=video 0 RTP/AVP 107", "a=rtpmap:107 H263-1998/90000", "m=image 30004 udptl t38", "c=IN IP4 203.0.113.5",
            "a=T38FaxVersion:0", "m=message 0 TCP/MSRP *", "c=IN IP4 203.0.113.5",
            "a=path:msrp://198.51.100.4:2855/x;tcp")
        #expect(rewrite(SampleDescriptions.conference, [30_000, 30_002, 30_004, nil]) == text(expected))
    }

    @Test("hold in the old form stays hold, in the family of our address")
    func oldHold() {
        let sdp = SampleDescriptions.audio(connection: "c=IN IP4 0.0.0.0")
        #expect(rewrite(sdp).contains("c=IN IP4 0.0.0.0\r\n"))
        #expect(rewrite(sdp, [30_000], address("2001:db8::1")).contains("c=IN IP6 ::\r\n"))
    }

    @Test("an IPv4 description becomes an IPv6 one")
    func otherFamily() {
        let output = rewrite(SampleDescriptions.plain, [30_000], address("2001:db8::1"))
        #expect(output.contains("c=IN IP6 2001:db8::1\r\n"))
        #expect(SDPSummary(scanning: Array(output.utf8))?.streams.first?.remote == endpoint("[2001:db8::1]:30000"))
    }

    @Test("every line keeps its own ending")
    func lineEnds() {
        let bare = text(SampleDescriptions.plain).replacing("\r\n", with: "\n")
        #expect(rewrite(Array(bare.utf8)) == rewrite(SampleDescriptions.plain).replacing("\r\n", with: "\n"))
        #expect(!rewrite(Array(bare.dropLast().utf8)).hasSuffix("\n"))
        let unended = Array("v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1".utf8)
        #expect(rewrite(unended).hasSuffix("c=IN IP4 203.0.113.5"))
    }

    @Test("a stream that we do not relay is refused, and its a=rtcp goes")
    func refused() {
        let sdp = SampleDescriptions.audio(media: "m=audio 4000/2 RTP/AVP 0", attributes: ["a=rtcp:4001", "a=x:1"])
        #expect(rewrite(sdp, [nil]).hasSuffix("m=audio 0 RTP/AVP 0\r\na=x:1\r\n"))
        #expect(rewrite(sdp, []).hasSuffix("m=audio 0 RTP/AVP 0\r\na=x:1\r\n"))
        #expect(rewrite(sdp, [6_000]).hasSuffix("m=audio 6000 RTP/AVP 0\r\na=rtcp:6001\r\na=x:1\r\n"))
    }

    @Test("nothing of the other party's addresses is left in lines that name addresses")
    func topologyHiding() {
        for sample in [SampleDescriptions.plain, SampleDescriptions.conference] {
            let lines = rewrite(sample, [1, 2, 3, 4]).split(whereSeparator: \.isNewline)
            let leaks = lines.filter { line in
                (line.hasPrefix("o=") || line.hasPrefix("c=") || line.hasPrefix("a=rtcp:")
                    || line.contains("candidate"))
                    && !line.contains("203.0.113.5") && !line.hasPrefix("a=rtcp:2")
            }
            #expect(leaks.isEmpty)
        }
    }

    @Test("several c= lines of one stream, and c= of session and stream, all become ours")
    func connections() {
        let sdp = SampleDescriptions.audio(attributes: ["c=IN IP4 192.0.2.20", "c=IN IP4 192.0.2.21"])
        #expect(rewrite(sdp).components(of: "c=IN IP4 203.0.113.5\r\n") == 3)
    }
}

extension String {
    fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
