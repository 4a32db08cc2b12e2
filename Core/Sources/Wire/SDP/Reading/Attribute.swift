import Addresses

/// An attribute that we act on.
enum Attribute: Equatable {
    case direction(MediaDirection)
    /// RFC 3605: the port of RTCP, and its address where one is written.
    case rtcp(port: UInt16, Connection?)
    case rtcpMux
    case rtpMap(payloadType: UInt8, clockRate: UInt32)
    /// Something of ICE (RFC 8839), which a relay must not pass on.
    case ice
    /// Everything else.
    case other

    /// Reads what follows `a=`; nil when the attribute is one of ours and malformed.
    init?(_ text: UnsafeBufferPointer<UInt8>, _ line: Line) {
        let value = UnsafeBufferPointer(rebasing: text[line.value..<line.end])
        let colon = value.position(of: UInt8(ascii: ":"))
        let name = UnsafeBufferPointer(rebasing: value[0..<colon])
        let hasValue = colon < value.count
        var reader = FieldReader(text, from: line.value &+ min(colon &+ 1, value.count), to: line.end)
        self = .other
        guard let letter = name.first else { return }
        switch (letter | 0x20, name.count) {
        case (UInt8(ascii: "r"), 6) where hasValue && name.spells("rtpmap"):
            guard let map = Self.rtpMap(&reader) else { return nil }
            self = map
        case (UInt8(ascii: "r"), 4) where hasValue && name.spells("rtcp"):
            guard let rtcp = Self.rtcp(&reader) else { return nil }
            self = rtcp
        case (UInt8(ascii: "s"), 8) where name.spells("sendrecv"): self = .direction(.sendReceive)
        case (UInt8(ascii: "s"), 8) where name.spells("sendonly"): self = .direction(.sendOnly)
        case (UInt8(ascii: "r"), 8) where name.spells("recvonly"): self = .direction(.receiveOnly)
        case (UInt8(ascii: "i"), 8) where name.spells("inactive"): self = .direction(.inactive)
        case (UInt8(ascii: "r"), 8) where name.spells("rtcp-mux"): self = .rtcpMux
        case (UInt8(ascii: "i"), _) where name.begins("ice-"): self = .ice
        case (UInt8(ascii: "c"), 9) where name.spells("candidate"): self = .ice
        case (UInt8(ascii: "r"), 17) where name.spells("remote-candidates"): self = .ice
        case (UInt8(ascii: "e"), 17) where name.spells("end-of-candidates"): self = .ice
        default: break
        }
    }

    private static func rtcp(_ reader: inout FieldReader) -> Attribute? {
        guard let port = reader.number(maximum: 65_535) else { return nil }
        let number = UInt16(truncatingIfNeeded: port)
        if reader.isAtEnd { return .rtcp(port: number, nil) }
        guard let connection = Connection(reading: &reader) else { return nil }
        return .rtcp(port: number, connection)
    }

    /// `111 opus/48000/2`: names and channels are nothing to us here.
    private static func rtpMap(_ reader: inout FieldReader) -> Attribute? {
        guard let payloadType = reader.number(maximum: 127) else { return nil }
        let encoding = reader.word()
        let slash = encoding.position(of: UInt8(ascii: "/"))
        guard slash > 0, slash < encoding.count else { return nil }
        let rest = UnsafeBufferPointer(rebasing: encoding[(slash &+ 1)...])
        let digits = UnsafeBufferPointer(rebasing: rest[0..<rest.position(of: UInt8(ascii: "/"))])
        guard let rate = digits.decimal(maximum: UInt64(UInt32.max)) else { return nil }
        return .rtpMap(payloadType: UInt8(truncatingIfNeeded: payloadType), clockRate: UInt32(truncatingIfNeeded: rate))
    }
}
