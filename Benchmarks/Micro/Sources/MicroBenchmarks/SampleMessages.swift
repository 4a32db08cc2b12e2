/// Messages as a load generator sends them: the shape of an INVITE with five codec lines, and its answer.
enum SampleMessages {
    static let headerCount = 13
    static let tag = Array("m4rtl3t0000a1b2".utf8)

    static let invite = wire(
        """
        INVITE sip:echo10023@192.0.2.10:5060 SIP/2.0
        Via: SIP/2.0/UDP 192.0.2.20:5063;branch=z9hG4bK-29183-417-0
        From: "Alice Example" <sip:alice10023@192.0.2.20:5063>;tag=29183t10023
        To: <sip:echo10023@192.0.2.10:5060>
        Call-ID: 417-29183@192.0.2.20
        CSeq: 1 INVITE
        Contact: <sip:alice10023@192.0.2.20:5063>
        Max-Forwards: 70
        User-Agent: load-bench/1.0
        Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, UPDATE, INFO
        Supported: timer, replaces
        Subject: Performance Test
        Content-Type: application/sdp
        Content-Length: 236

        v=0
        o=alice 53655765 2353687637 IN IP4 192.0.2.20
        s=-
        c=IN IP4 192.0.2.20
        t=0 0
        m=audio 16000 RTP/AVP 0 8 101
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:101 telephone-event/8000
        a=fmtp:101 0-16
        a=ptime:20
        a=sendrecv

        """)

    static let response = wire(
        """
        SIP/2.0 180 Ringing
        Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKa3f0000b7kq2mxw
        From: "Alice Example" <sip:alice10023@192.0.2.10>;tag=m4rtl3t0000a1b2
        To: <sip:10023@192.0.2.30:5070>;tag=5501SIPpTag0142
        Call-ID: a3f0000b7kq2mxwa81jd
        CSeq: 1 INVITE
        Contact: <sip:192.0.2.30:5070;transport=UDP>
        Content-Length: 0


        """)

    private static func wire(_ text: String) -> [UInt8] {
        text.utf8.flatMap { $0 == 10 ? [13, 10] : [$0] }
    }
}
