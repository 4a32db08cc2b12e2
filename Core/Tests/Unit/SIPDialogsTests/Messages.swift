import Addresses
import SIPMessages
import SIPTransactions
import Timeline

/// A message written with plain line ends.
func message(_ text: String) throws -> SIPMessage {
    var bytes: [UInt8] = []
    for byte in (text + "\nContent-Length: 0\n\n").utf8 {
        if byte == 10 { bytes.append(13) }
        bytes.append(byte)
    }
    return try MessageParser.parse(bytes)
}

/// Bytes as text, with plain line ends.
func text(_ bytes: [UInt8]) -> String { String(decoding: bytes.filter { $0 != 13 }, as: UTF8.self) }

let flow = Flow(
    transport: .udp, listener: 0, local: Endpoint(IPAddress(v4: 0x7F00_0001), 5060),
    remote: Endpoint(IPAddress(v4: 0x7F00_0002), 5070))

let secureFlow = Flow(transport: .tls, listener: 0, stream: 1, local: flow.local, remote: flow.remote)

/// An INVITE that came in.
func invite(uri: String = "sip:bob@switch", headers: String = "", method: String = "INVITE", cSeq: Int = 5) throws
    -> SIPMessage
{
    try message(
        """
        \(method) \(uri) SIP/2.0
        Via: SIP/2.0/UDP client;branch=z9hG4bKone
        From: "Alice; \\"x\\"" <sip:alice@client;user=phone> ;foo=bar;tag=theirs
        To: Bob <sip:bob@switch>
        Call-ID: call-1
        CSeq: \(cSeq) \(method)
        Contact: <sip:alice@10.0.0.1:5070;transport=udp>;expires=60
        \(headers)X: y
        """)
}

/// A response to an INVITE that we sent.
func response(_ status: Int, tag: String? = "theirs", headers: String = "", cSeq: String = "20 INVITE") throws
    -> SIPMessage
{
    try message(
        """
        SIP/2.0 \(status) X
        Via: SIP/2.0/UDP switch;branch=z9hG4bKone
        From: <sip:alice@switch>;tag=ours
        To: <sip:bob@callee>\(tag.map { ";tag=" + $0 } ?? "")
        Call-ID: call-2
        CSeq: \(cSeq)
        \(headers)X: y
        """)
}
