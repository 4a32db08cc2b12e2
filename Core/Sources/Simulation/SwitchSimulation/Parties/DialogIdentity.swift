import Addresses
import SIPMessages
import Timeline

/// The names of a scripted party's dialog. Everything that the party makes up begins with `mark`, so that it is
/// recognised wherever it turns up.
struct DialogIdentity: Sendable {
    /// `9.c7x` for the caller of call 7, `9.v7x` for its callees; the switch writes no such token.
    let mark: [UInt8]
    let local: Endpoint
    let callID: [UInt8]
    let localTag: [UInt8]
    var remoteTag: [UInt8]?
    let localURI: [UInt8]
    let remoteURI: [UInt8]
    /// The Request-URI of our requests.
    var remoteTarget: [UInt8]
    /// The CSeq of our last request.
    var number: UInt32 = 0
    /// The CSeq of the peer's last request.
    var remoteNumber: UInt32 = 0
    var transport = SIPTransport.udp

    /// A request with a new branch; the caller appends fields of its own and finishes it.
    func begin(
        _ method: Method, number: UInt32, branch: [UInt8], toTag: [UInt8]?, uri: [UInt8]? = nil
    ) -> MessageWriter {
        var writer = MessageWriter(reserving: 700)
        writer.requestLine(method, uri: uri ?? remoteTarget)
        writer.begin(.via)
        writer.append(transport.isReliable ? "SIP/2.0/TCP " : "SIP/2.0/UDP ")
        writer.append(local)
        writer.append(";rport;branch=")
        writer.append(branch)
        writer.end()
        writer.header(.maxForwards, 70)
        address(.from, localURI, localTag, &writer)
        address(.to, remoteURI, toTag, &writer)
        writer.header(.callID, callID)
        writer.begin(.cSeq)
        writer.append(number)
        writer.append(" ")
        writer.append(method.token)
        writer.end()
        return writer
    }

    func contact(_ writer: inout MessageWriter) {
        writer.begin(.contact)
        writer.append("<sip:")
        writer.append(mark)
        writer.append("@")
        writer.append(local)
        if transport.isReliable { writer.append(";transport=tcp") }
        writer.append(">")
        writer.end()
    }

    private func address(_ name: HeaderName, _ uri: [UInt8], _ tag: [UInt8]?, _ writer: inout MessageWriter) {
        writer.begin(name)
        writer.append("<")
        writer.append(uri)
        writer.append(">")
        if let tag {
            writer.append(";tag=")
            writer.append(tag)
        }
        writer.end()
    }

    /// A new token with the mark.
    func token(_ dice: inout IdentifierSource) -> [UInt8] {
        var token = mark
        dice.appendToken(count: 8, to: &token)
        return token
    }

    func branch(_ dice: inout IdentifierSource) -> [UInt8] { Array("z9hG4bK".utf8) + token(&dice) }
}
