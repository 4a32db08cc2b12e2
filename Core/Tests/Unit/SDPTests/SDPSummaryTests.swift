import SDP
import Testing

@Suite struct SDPSummaryTests {
    @Test("a telephone's description gives endpoints, direction and origin")
    func plain() throws {
        let summary = try #require(SDPSummary(scanning: SampleDescriptions.plain))
        #expect(
            summary.origin
                == Origin(sessionID: 2_890_844_526, version: 2_890_844_527, address: address("192.0.2.10")))
        let stream = try #require(summary.streams.first)
        #expect(summary.streams.count == 1)
        #expect(stream.kind == .audio && stream.isRelayable && !stream.isRefused && !stream.isHold)
        #expect(stream.remote == endpoint("192.0.2.10:49170"))
        #expect(stream.rtcp == endpoint("192.0.2.10:49171"))
        #expect(stream.direction == .sendReceive)
    }

    @Test("several media lines keep their own addresses, directions and kinds")
    func several() throws {
        let streams = try #require(SDPSummary(scanning: SampleDescriptions.conference)).streams
        #expect(streams.map(\.kind) == [.audio, .video, .image, .other])
        #expect(streams.map(\.isRelayable) == [true, true, true, false])
        #expect(streams.map(\.isRefused) == [false, true, false, false])
        #expect(streams.map(\.direction) == [.sendOnly, .receiveOnly, .receiveOnly, .receiveOnly])
        #expect(streams[0].remote == endpoint("[2001:db8::7]:20000"))
        #expect(streams[0].rtcp == nil)
        #expect(streams[0].offersRTCPMux)
        #expect(streams[0].clockRates[111] == 48_000 && streams[0].clockRates[0] == 8_000)
        #expect(streams[1].remote == nil)
        #expect(streams[2].remote == endpoint("198.51.100.3:40000"))
    }

    @Test(
        "every form of hold is seen",
        arguments: [
            ("c=IN IP4 192.0.2.10", "a=sendonly", true), ("c=IN IP4 192.0.2.10", "a=inactive", true),
            ("c=IN IP4 0.0.0.0", "a=sendrecv", true), ("c=IN IP4 0.0.0.0", "a=x-none", true),
            ("c=IN IP4 192.0.2.10", "a=recvonly", false), ("c=IN IP4 192.0.2.10", "a=x-none", false),
        ])
    func holds(connection: String, attribute: String, isHold: Bool) throws {
        let sdp = SampleDescriptions.audio(connection: connection, attributes: [attribute])
        let summary = try #require(SDPSummary(scanning: sdp))
        #expect(summary.isHold == isHold)
        #expect(summary.streams[0].isHold == isHold)
        #expect((summary.streams[0].remote == nil) == connection.contains("0.0.0.0"))
    }

    @Test("a direction of the session counts for streams that say nothing, and one of two held streams is no hold")
    func sessionDirection() throws {
        let sdp = SampleDescriptions.audio(
            session: ["a=inactive"], attributes: ["m=audio 5000 RTP/AVP 0", "a=sendrecv"])
        let summary = try #require(SDPSummary(scanning: sdp))
        #expect(summary.streams.map(\.direction) == [.inactive, .sendReceive])
        #expect(!summary.isHold)
    }

    @Test(
        "a=rtcp is read with and without an address",
        arguments: [
            ("a=rtcp:53020", "192.0.2.10:53020"), ("a=rtcp:53020 IN IP4 198.51.100.9", "198.51.100.9:53020"),
            ("a=RTCP:7 IN IP6 2001:db8::1", "[2001:db8::1]:7"), ("a=rtcp:0", ""), ("a=rtcp:5 IN IP4 0.0.0.0", ""),
            ("a=rtcp-mux", "192.0.2.10:4001"),
        ])
    func rtcp(attribute: String, expected: String) throws {
        let summary = try #require(SDPSummary(scanning: SampleDescriptions.audio(attributes: [attribute])))
        #expect(summary.streams[0].rtcp == endpoint(expected))
    }

    @Test(
        "an address is where nothing can be sent to",
        arguments: ["c=IN IP4 224.2.17.12/127", "c=IN IP4 255.255.255.255", "c=IN IP6 ff15::101/3", "c=IN IP6 ::"])
    func unusable(connection: String) throws {
        let summary = try #require(SDPSummary(scanning: SampleDescriptions.audio(connection: connection)))
        #expect(summary.streams[0].remote == nil && summary.streams[0].rtcp == nil)
        #expect(summary.streams[0].address != nil)
    }

    @Test("a host name gives no endpoint, a TTL and a mapped address are understood")
    func addresses() throws {
        func remote(_ connection: String) -> [String?] {
            let summary = SDPSummary(scanning: SampleDescriptions.audio(connection: connection))
            return summary?.streams.map { $0.remote?.description } ?? ["malformed"]
        }
        #expect(remote("c=IN IP4 media.example.com") == [nil])
        #expect(remote("c=ATM NSAP 47.0091") == [nil])
        #expect(remote("c=IN IP4 192.0.2.1/64") == ["192.0.2.1:4000"])
        #expect(remote("c=IN IP6 ::ffff:192.0.2.2") == ["192.0.2.2:4000"])
        #expect(remote("c=in  ip4  192.0.2.1 ") == ["192.0.2.1:4000"])
    }

    @Test("line ends may be LF alone, the last may be missing, and empty lines may follow")
    func lineEnds() {
        let expected = SDPSummary(scanning: SampleDescriptions.plain)
        let sample = text(SampleDescriptions.plain)
        let bare = sample.replacing("\r\n", with: "\n")
        for variant in [bare, String(bare.dropLast()), sample + "\r\n\r\n", bare + "\n", String(sample.dropLast(1))] {
            #expect(SDPSummary(scanning: Array(variant.utf8)) == expected)
        }
    }

    @Test("a port of 65535 has no RTCP beside it, and a session may have no media")
    func edges() throws {
        let last = try #require(SDPSummary(scanning: SampleDescriptions.audio(media: "m=audio 65535 RTP/AVP 0")))
        #expect(last.streams[0].rtcp == nil && last.streams[0].remote?.port == 65_535)
        let empty = try #require(
            SDPSummary(scanning: SampleDescriptions.lines("v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "t=0 0")))
        #expect(empty.streams.isEmpty && !empty.isHold)
    }

    @Test(
        "RTP profiles and UDPTL can be relayed, streams of bytes cannot",
        arguments: [
            ("RTP/AVP", true), ("RTP/SAVP", true), ("rtp/avpf", true), ("RTP/SAVPF", true),
            ("UDP/TLS/RTP/SAVP", true), ("udptl", true), ("UDPTL", true), ("TCP/RTP/AVP", false), ("TCP", false),
            ("UDP/BFCP", false), ("DTLS/SCTP", false),
        ])
    func relayable(transport: String, isRelayable: Bool) throws {
        let sdp = SampleDescriptions.audio(media: "m=audio 4000/2 \(transport) 0")
        #expect(SDPSummary(scanning: sdp)?.streams.first?.isRelayable == isRelayable)
    }
}
