extension FieldReader {
    /// The first value of a Via field, up to a comma or the end. `result` holds what was understood even when it
    /// throws: host set means that an answer can be sent.
    mutating func via(into result: inout PackedVia) throws(FieldFailure) {
        skipWhitespace()
        let start = position
        result.value = ShortRange(from: start, to: end)
        let versionAt = try sentProtocol(into: &result)
        guard position < end && view.base[position].isWhitespace else { throw failure() }
        skipWhitespace()
        result.host = try host()
        skipWhitespace()
        if take(UInt8(ascii: ":")) {
            skipWhitespace()
            let portStart = position
            while position < end && view.base[position] &- 48 < 10 { position &+= 1 }
            guard let port = view.decimal(from: portStart, to: position, maximum: 65_535), port > 0 else {
                throw FieldFailure(.headerValue, header, at: portStart)
            }
            result.port = UInt16(truncatingIfNeeded: port)
        }
        while let parameter = try parameter() { try take(parameter.name, parameter.value, into: &result) }
        result.value = ShortRange(from: start, to: trimmedEnd(from: start))
        if let versionAt { throw FieldFailure(.headerValue, header, at: versionAt) }
    }

    /// `SIP/2.0/UDP` with blanks around the slashes; gives the position of a version that is not 2.0.
    private mutating func sentProtocol(into result: inout PackedVia) throws(FieldFailure) -> Int? {
        let name = token()
        skipWhitespace()
        guard view.spells("sip", from: name.start, to: name.end), take(UInt8(ascii: "/")) else { throw failure() }
        skipWhitespace()
        let version = token()
        skipWhitespace()
        guard version.count > 0, take(UInt8(ascii: "/")) else { throw failure() }
        skipWhitespace()
        let transport = token()
        guard transport.count > 0 else { throw failure() }
        result.transport = SIPTransport.identify(view, transport.start, transport.end)?.rawValue ?? 255
        return view.matches("2.0", from: version.start, to: version.end) ? nil : version.start
    }

    /// A host name, an IPv4 address or an IPv6 reference.
    private mutating func host() throws(FieldFailure) -> ShortRange {
        let start = position
        if take(UInt8(ascii: "[")) {
            while current.isHexadecimal || current == UInt8(ascii: ":") || current == UInt8(ascii: ".") {
                position &+= 1
            }
            guard take(UInt8(ascii: "]")) else { throw failure() }
        } else {
            while position < end && view.base[position].isHost { position &+= 1 }
        }
        guard position > start else { throw failure() }
        return ShortRange(from: start, to: position)
    }

    private func take(
        _ name: ShortRange, _ value: ShortRange?, into result: inout PackedVia
    ) throws(FieldFailure) {
        switch name.count {
        case 6 where view.spells("branch", from: name.start, to: name.end):
            guard let value, value.count > 0, result.branch.count == 0 else {
                throw FieldFailure(.headerValue, header, at: name.start)
            }
            result.branch = value
            result.hasMagicCookie = value.count > 7 && view.matches("z9hG4bK", from: value.start, to: value.start &+ 7)
        case 5 where view.spells("rport", from: name.start, to: name.end):
            guard let value, value.count > 0 else {
                result.rportState = 1
                return
            }
            guard let port = view.decimal(from: value.start, to: value.end, maximum: 65_535) else {
                throw FieldFailure(.headerValue, header, at: value.start)
            }
            result.rportState = 2
            result.rport = UInt16(truncatingIfNeeded: port)
        case 8 where view.spells("received", from: name.start, to: name.end):
            guard let value, value.count > 0 else { throw FieldFailure(.headerValue, header, at: name.start) }
            result.received = value
        default:
            return
        }
    }

    /// The end of the value without the blanks before the comma or the end.
    private func trimmedEnd(from start: Int) -> Int {
        var last = position
        while last > start && view[last &- 1].isWhitespace { last &-= 1 }
        return last
    }
}
