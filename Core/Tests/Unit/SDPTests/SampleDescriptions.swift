import Addresses
import SDP

/// Bodies of several shapes, lines ended by CR LF unless a test changes it.
enum SampleDescriptions {
    static let plain = lines(
        "v=0", "o=alice 2890844526 2890844527 IN IP4 192.0.2.10", "s=-", "c=IN IP4 192.0.2.10", "t=0 0",
        "m=audio 49170 RTP/AVP 0 8 101", "a=rtpmap:0 PCMU/8000", "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-15", "a=ptime:20", "a=sendrecv")

    static let conference = lines(
        "v=0", "o=bob 1 2 IN IP6 2001:db8::7", "s=Two streams", "i=about this", "b=AS:512", "t=0 0",
        "a=group:BUNDLE 0 1",
        "a=recvonly", "m=audio 20000 UDP/TLS/RTP/SAVPF 111 0", "c=IN IP6 2001:db8::7", "a=mid:0",
        "a=rtcp:9 IN IP4 0.0.0.0",
        "a=rtcp-mux", "a=rtpmap:111 opus/48000/2", "a=fmtp:111 minptime=10;useinbandfec=1",
        "a=candidate:1 1 UDP 2130706431 192.168.1.5 20000 typ host", "a=ice-ufrag:F7gI",
        "a=ice-pwd:x9cml/YzichV2+XlhiMu8g",
        "a=end-of-candidates", "a=fingerprint:sha-256 AA:BB", "a=sendonly", "m=video 0 RTP/AVP 107",
        "a=rtpmap:107 H263-1998/90000", "m=image 40000 udptl t38", "c=IN IP4 198.51.100.3", "a=T38FaxVersion:0",
        "m=message 2855 TCP/MSRP *", "c=IN IP4 198.51.100.4", "a=path:msrp://198.51.100.4:2855/x;tcp")

    static func lines(_ lines: String..., end: String = "\r\n") -> [UInt8] {
        Array(lines.map { $0 + end }.joined().utf8)
    }

    /// A description with one audio stream and the given lines in places of the usual ones.
    static func audio(
        connection: String? = "c=IN IP4 192.0.2.10", session: [String] = [], media: String = "m=audio 4000 RTP/AVP 0",
        attributes: [String] = []
    ) -> [UInt8] {
        let head = ["v=0", "o=- 1 1 IN IP4 192.0.2.10", "s=-"] + (connection.map { [$0] } ?? []) + ["t=0 0"]
        return Array((head + session + [media] + attributes).map { $0 + "\r\n" }.joined().utf8)
    }
}

func address(_ text: String) -> IPAddress { IPAddress(text) ?? IPAddress(v4: 0) }
func endpoint(_ text: String) -> Endpoint? { Endpoint(text) }
func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
