import Addresses
import SDP
import Testing

@Suite struct SessionDescriptionTests {
    @Test("a body is read into a tree")
    func tree() throws {
        let description = try SessionDescription(parsing: SampleDescriptions.plain)
        #expect(description.connection == address("192.0.2.10"))
        #expect(description.direction == nil && description.direction(of: 0) == .sendReceive)
        let audio = try #require(description.media.first)
        #expect(audio.payloadTypes == [0, 8, 101])
        #expect(audio.packetTime == 20)
        #expect(audio.rtpMap(of: 101)?.isEncoding("telephone-event") == true)
        #expect(audio.rtpMap(of: 9)?.isEncoding("g722") == true)
        #expect(audio.rtpMap(of: 9)?.isEncoding(named: Array("g722".utf8)) == true)
        #expect(audio.rtpMap(of: 9)?.isEncoding(named: Array("g72\u{12}".utf8)) == false)
        #expect(audio.rtpMap(of: 50) == nil)
        #expect(audio.formatParameters == [FormatParameters(payloadType: 101, value: Array("0-15".utf8))])
        #expect(audio.otherLines.isEmpty)
    }

    @Test("an opus line gives clock and channels, rtcp its port and address")
    func opus() throws {
        let description = try SessionDescription(parsing: SampleDescriptions.conference)
        let audio = description.media[0]
        #expect(
            audio.rtpMap(of: 111)
                == RTPMap(payloadType: 111, encoding: Array("opus".utf8), clockRate: 48_000, channels: 2))
        #expect(audio.rtcpPort == 9 && audio.rtcpAddress == address("0.0.0.0") && audio.rtcpMux)
        #expect(description.media[3].kindName == Array("message".utf8))
        #expect(description.address(of: 0) == address("2001:db8::7"))
        #expect(description.direction(of: 1) == .receiveOnly)
        #expect(description.address(of: 9) == nil && description.direction(of: 9) == .inactive)
    }

    @Test("what is written reads back as the same tree", arguments: HostileDescriptionTests.samples)
    func roundTrip(sample: [UInt8]) throws {
        let description = try SessionDescription(parsing: sample)
        #expect(try SessionDescription(parsing: description.serialized()) == description)
    }

    @Test("a description made here is written in the order of RFC 8866")
    func made() throws {
        var audio = MediaDescription(.audio, port: 4_000, payloadTypes: [8, 101])
        audio.rtpMaps = [RTPMap(payloadType: 101, encoding: Array("telephone-event".utf8), clockRate: 8_000)]
        audio.formatParameters = [FormatParameters(payloadType: 101, value: Array("0-15".utf8))]
        audio.packetTime = 20
        audio.direction = .sendReceive
        let origin = Origin(sessionID: 5, version: 1, address: address("192.0.2.1"))
        let description = SessionDescription(origin: origin, connection: origin.address, media: [audio])
        let expected = SampleDescriptions.lines(
            "v=0", "o=- 5 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0", "m=audio 4000 RTP/AVP 8 101",
            "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-15", "a=ptime:20", "a=sendrecv")
        #expect(text(description.serialized()) == text(expected))
        #expect(try SessionDescription(parsing: expected) == description)
    }

    @Test("the answer to a direction is its mirror")
    func directions() {
        #expect(MediaDirection.sendOnly.answered == .receiveOnly)
        #expect(MediaDirection.receiveOnly.answered == .sendOnly)
        #expect(MediaDirection.sendReceive.answered == .sendReceive)
        #expect(MediaDirection.inactive.answered == .inactive)
    }

    @Test("descriptions with IPv6 and with both families are read", arguments: TortureDescriptions.all)
    func torture(sample: TortureDescriptions.Sample) throws {
        let summary = try #require(SDPSummary(scanning: sample.body))
        #expect(summary.streams.map { $0.remote?.description } == sample.remotes)
        #expect(try SessionDescription(parsing: sample.body).media.count == sample.remotes.count)
    }
}

/// The situations of RFC 5118 §4.6, §4.8 and §4.9, in our own words.
enum TortureDescriptions {
    struct Sample: Sendable {
        let body: [UInt8]
        let remotes: [String?]
    }

    static let all = [
        Sample(
            body: SampleDescriptions.lines(
                "v=0", "o=helper 971731711378798081 0 IN IP6 2001:db8::20", "s=A video feed", "c=IN IP6 2001:db8::20",
                "t=3338481189 3370017201", "m=audio 6000 RTP/AVP 2", "m=video 6024 RTP/AVP 107"),
            remotes: ["[2001:db8::20]:6000", "[2001:db8::20]:6024"]),
        Sample(
            body: SampleDescriptions.lines(
                "v=0", "o=bob 280744730 28977631 IN IP4 host.example.com", "s=", "t=0 0", "m=audio 22334 RTP/AVP 0",
                "c=IN IP4 192.0.2.1", "m=video 6024 RTP/AVP 107", "c=IN IP6 2001:db8::1"),
            remotes: ["192.0.2.1:22334", "[2001:db8::1]:6024"]),
        Sample(
            body: SampleDescriptions.lines(
                "v=0", "o=helper 1 0 IN IP6 ::ffff:192.0.2.2", "s=x", "c=IN IP6 ::ffff:192.0.2.2", "t=0 0",
                "m=audio 6000 RTP/AVP 2", "m=video 6024 RTP/AVP 107"),
            remotes: ["192.0.2.2:6000", "192.0.2.2:6024"]),
    ]
}
