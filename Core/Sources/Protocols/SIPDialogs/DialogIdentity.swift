import SIPMessages

/// What never changes of a dialog: Call-ID, local tag, remote tag, local party and remote party, one after the other in
/// one array (RFC 3261 §12).
struct DialogIdentity: Equatable, Sendable {
    private let bytes: [UInt8]
    private let callIDEnd: UInt32
    private let localTagEnd: UInt32
    private let remoteTagEnd: UInt32
    private let localPartyEnd: UInt32

    var callID: ArraySlice<UInt8> { bytes[..<Int(callIDEnd)] }
    var localTag: ArraySlice<UInt8> { bytes[Int(callIDEnd)..<Int(localTagEnd)] }
    var remoteTag: ArraySlice<UInt8> { bytes[Int(localTagEnd)..<Int(remoteTagEnd)] }
    var localParty: ArraySlice<UInt8> { bytes[Int(remoteTagEnd)..<Int(localPartyEnd)] }
    var remoteParty: ArraySlice<UInt8> { bytes[Int(localPartyEnd)...] }

    /// For the receiver of the request, who answers with `localTag`.
    init(ofReceivedRequest request: SIPMessage, localTag: [UInt8]) {
        self.init(request, local: request.to, localTag, remote: request.from)
    }

    /// For the sender of the request that the response answers.
    init(ofReceivedResponse response: SIPMessage) {
        self.init(response, local: response.from, nil, remote: response.to)
    }

    private init(_ message: SIPMessage, local: NameAddress, _ localTag: [UInt8]?, remote: NameAddress) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(
            Int(message.callID.count + local.value.count + remote.value.count) + (localTag?.count ?? 0))
        message.append(message.callID, to: &bytes)
        callIDEnd = UInt32(clamping: bytes.count)
        if let localTag { bytes += localTag } else if let tag = local.tag { message.append(tag, to: &bytes) }
        localTagEnd = UInt32(clamping: bytes.count)
        if let tag = remote.tag { message.append(tag, to: &bytes) }
        remoteTagEnd = UInt32(clamping: bytes.count)
        Self.appendParty(local, of: message, to: &bytes)
        localPartyEnd = UInt32(clamping: bytes.count)
        Self.appendParty(remote, of: message, to: &bytes)
        self.bytes = bytes
    }

    /// Whether a message of the peer's, request or response, has this Call-ID and these tags.
    func matches(_ message: SIPMessage) -> Bool {
        let local = message.isRequest ? message.to.tag : message.from.tag
        let remote = message.isRequest ? message.from.tag : message.to.tag
        return bytes.withUnsafeBufferPointer { bytes in
            Self.isEqual(message, message.callID, bytes, 0, callIDEnd)
                && Self.isEqual(message, local, bytes, callIDEnd, localTagEnd)
                && Self.isEqual(message, remote, bytes, localTagEnd, remoteTagEnd)
        }
    }

    private static func isEqual(
        _ message: SIPMessage, _ range: ByteRange?, _ bytes: UnsafeBufferPointer<UInt8>, _ start: UInt32, _ end: UInt32
    ) -> Bool {
        guard let range else { return start == end }
        return message.equals(range, UnsafeBufferPointer(rebasing: bytes[Int(start)..<Int(end)]))
    }

    /// Appends the value without its parameters, blanks at its end cut off.
    private static func appendParty(_ address: NameAddress, of message: SIPMessage, to bytes: inout [UInt8]) {
        let start = bytes.count
        let end = address.parameters.isEmpty ? address.value.end : address.parameters.start
        message.appendUnfolded(ByteRange(from: address.value.start, to: end), to: &bytes)
        while bytes.count > start, let last = bytes.last, last == 32 || last == 9 { bytes.removeLast() }
    }
}
