import Addresses

extension SIPURI {
    /// The position of the colon that ends the scheme, where a letter begins it and something follows it.
    static func schemeEnd(_ view: ByteView, from start: Int, to end: Int) -> Int? {
        guard (view[start] | 0x20) &- 97 < 26 else { return nil }
        var position = start &+ 1
        while position < end {
            let byte = view[position]
            if byte == UInt8(ascii: ":") { return position &+ 1 < end ? position : nil }
            let isSchemeCharacter =
                byte &- 48 < 10 || (byte | 0x20) &- 97 < 26 || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: ".")
            guard isSchemeCharacter else { return nil }
            position &+= 1
        }
        return nil
    }

    mutating func parse(_ view: ByteView, from start: Int, to end: Int) throws(FieldFailure) {
        guard start >= 0, start < end, end <= view.count, let colon = Self.schemeEnd(view, from: start, to: end) else {
            throw FieldFailure(.uri, .other, at: start)
        }
        let marks = try Marks(view, from: colon &+ 1, to: end)
        if view.spells("sip", from: start, to: colon) {
            scheme = .sip
        } else if view.spells("sips", from: start, to: colon) {
            scheme = .sips
        } else if view.spells("tel", from: start, to: colon) {
            scheme = .tel
            return try parseTelephone(view, from: colon &+ 1, to: end)
        } else {
            return
        }
        if marks.atSigns > 1 { throw FieldFailure(.uri, .other, at: marks.at) }
        if marks.hasEscapes && !Self.hasGoodEscapes(view, from: colon &+ 1, to: end) {
            throw FieldFailure(.uri, .other, at: colon &+ 1)
        }
        var reader = FieldReader(view, from: colon &+ 1, to: end, header: .other)
        if marks.atSigns > 0 {
            let userEnd = marks.colon > 0 ? marks.colon : marks.at
            guard userEnd > colon &+ 1 else { throw reader.failure(.uri) }
            user = ByteRange(from: colon &+ 1, to: userEnd)
            if marks.colon > 0 { password = ByteRange(from: marks.colon &+ 1, to: marks.at) }
            reader.position = marks.at &+ 1
        }
        try reader.hostPort(into: &self)
        if !reader.isAtEnd { try reader.uriParameters(into: &self) }
        if reader.take(UInt8(ascii: "?")) {
            guard !reader.isAtEnd else { throw reader.failure(.uri) }
            headers = ByteRange(from: reader.position, to: end)
        } else if !reader.isAtEnd {
            throw reader.failure(.uri)
        }
    }

    /// What one look at all bytes behind the scheme finds. `;`, `?` and `/` may stand in a user part, so that the at sign
    /// decides where the host begins.
    private struct Marks {
        var at = 0
        var atSigns = 0
        /// The first colon before the at sign; 0 where there is none.
        var colon = 0
        var hasEscapes = false

        init(_ view: ByteView, from start: Int, to end: Int) throws(FieldFailure) {
            var position = start
            var firstColon = 0
            while position < end {
                let byte = view.base[position]
                if !byte.isIn(.plainURI) {
                    switch byte {
                    case UInt8(ascii: "@"):
                        atSigns &+= 1
                        at = position
                        if atSigns == 1 { colon = firstColon }
                    case UInt8(ascii: ":"):
                        if firstColon == 0 { firstColon = position }
                    case UInt8(ascii: "%"): hasEscapes = true
                    default: throw FieldFailure(.uri, .other, at: position)
                    }
                }
                position &+= 1
            }
        }
    }

    /// Every `%` is followed by two hexadecimal digits (RFC 3261 §25.1 `escaped`).
    private static func hasGoodEscapes(_ view: ByteView, from start: Int, to end: Int) -> Bool {
        var position = start
        while position < end {
            if view[position] == UInt8(ascii: "%") {
                guard position &+ 2 < end, view[position &+ 1].isHexadecimal, view[position &+ 2].isHexadecimal else {
                    return false
                }
            }
            position &+= 1
        }
        return true
    }

    /// RFC 3966 §3: the number, then parameters.
    private mutating func parseTelephone(_ view: ByteView, from start: Int, to end: Int) throws(FieldFailure) {
        var position = start
        while position < end && view[position] != UInt8(ascii: ";") { position &+= 1 }
        guard position > start else { throw FieldFailure(.uri, .other, at: start) }
        user = ByteRange(from: start, to: position)
        parameters = ByteRange(from: position, to: end)
    }
}

extension FieldReader {
    /// Whether the bytes are an IPv6 address without brackets.
    fileprivate func isIPv6(from start: Int, to end: Int) -> Bool {
        IPAddress(text: view.buffer(start, end)) != nil && view[start] != UInt8(ascii: "[")
            && view.buffer(start, end).contains(UInt8(ascii: ":"))
    }

    fileprivate mutating func hostPort(into uri: inout SIPURI) throws(FieldFailure) {
        let start = position
        if current == UInt8(ascii: "[") {
            while position < end && view.base[position] != UInt8(ascii: "]") { position &+= 1 }
            guard take(UInt8(ascii: "]")), isIPv6(from: start &+ 1, to: position &- 1) else {
                throw FieldFailure(.uri, header, at: start)
            }
        } else {
            while position < end && view.base[position].isHost { position &+= 1 }
        }
        guard position > start else { throw failure(.uri) }
        uri.host = ByteRange(from: start, to: position)
        guard take(UInt8(ascii: ":")) else { return }
        let portStart = position
        while position < end && view.base[position] &- 48 < 10 { position &+= 1 }
        guard let port = view.decimal(from: portStart, to: position, maximum: 65_535), port > 0 else {
            throw FieldFailure(.uri, header, at: portStart)
        }
        uri.port = UInt16(truncatingIfNeeded: port)
    }

    fileprivate mutating func uriParameters(into uri: inout SIPURI) throws(FieldFailure) {
        let start = position
        while take(UInt8(ascii: ";")) {
            let nameStart = position
            let nameEnd = uriWord(stoppingAtEquals: true)
            guard nameEnd > nameStart else { throw failure(.uri) }
            var value: ByteRange?
            if take(UInt8(ascii: "=")) {
                let valueStart = position
                value = ByteRange(from: valueStart, to: uriWord(stoppingAtEquals: false))
            }
            setParameter(from: nameStart, to: nameEnd, value: value, in: &uri)
        }
        uri.parameters = ByteRange(from: start, to: position)
    }

    private mutating func uriWord(stoppingAtEquals: Bool) -> Int {
        while position < end {
            let byte = view.base[position]
            if byte == UInt8(ascii: ";") || byte == UInt8(ascii: "?") { break }
            if stoppingAtEquals && byte == UInt8(ascii: "=") { break }
            position &+= 1
        }
        return position
    }

    private func setParameter(from start: Int, to end: Int, value: ByteRange?, in uri: inout SIPURI) {
        switch end &- start {
        case 2 where view.spells("lr", from: start, to: end): uri.isLooseRouter = true
        case 4 where view.spells("user", from: start, to: end): uri.userParameter = value
        case 5 where view.spells("maddr", from: start, to: end): uri.maddr = value
        case 9 where view.spells("transport", from: start, to: end):
            uri.transportToken = value
            uri.transport = value.flatMap { SIPTransport.identify(view, $0.start, $0.end) }
        default: break
        }
    }
}
