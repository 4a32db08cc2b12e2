/// The start line and the fields that every message carries.
extension ParserPass {
    mutating func startLine(from start: Int, to end: Int) {
        if view[start &+ 3] == UInt8(ascii: "/") && view.spells("sip", from: start, to: start &+ 3) {
            layout.isRequest = false
            return statusLine(from: start, to: end)
        }
        var reader = FieldReader(view, from: start, to: end, header: .other)
        layout.methodToken = reader.token()
        layout.method = .identify(view, from: start, to: reader.position)
        guard reader.position > start, reader.take(32) else { return note(.startLine, at: reader.position) }
        let uriStart = reader.position
        while !reader.isAtEnd && reader.current != 32 { reader.position &+= 1 }
        layout.target = ShortRange(from: uriStart, to: reader.position)
        let uriEnd = reader.position
        guard reader.take(32) else { return note(.startLine, at: reader.position) }
        if !view.spells("sip/2.0", from: reader.position, to: end) {
            return note(view.isVersion(from: reader.position, to: end) ? .version : .startLine, at: reader.position)
        }
        requestURI(from: uriStart, to: uriEnd)
    }

    private mutating func requestURI(from start: Int, to end: Int) {
        var uri = SIPURI(whole: layout.target.range)
        do throws(FieldFailure) {
            try uri.parse(view, from: start, to: end)
            if let headers = uri.headers { note(.requestURI, at: headers.start) }
        } catch {
            note(.requestURI, at: Int(error.offset))
        }
    }

    /// `SIP/2.0 200 OK`; the reason phrase, and the blank before it, may be missing.
    private mutating func statusLine(from start: Int, to end: Int) {
        let codeStart = start &+ 8
        guard view.spells("sip/2.0", from: start, to: start &+ 7), view[start &+ 7] == 32, codeStart < end else {
            return note(.version, at: start)
        }
        var codeEnd = codeStart
        while codeEnd < end && view[codeEnd] &- 48 < 10 { codeEnd &+= 1 }
        guard codeEnd &- codeStart == 3, codeEnd == end || view[codeEnd] == 32,
            let code = view.decimal(from: codeStart, to: codeEnd, maximum: 699), code >= 100
        else { return note(.statusCode, at: codeStart) }
        layout.status = StatusCode(UInt16(truncatingIfNeeded: code))
        layout.target = ShortRange(from: min(codeEnd &+ 1, end), to: end)
    }

    /// Reads a field of those that every message carries, and looks for repeated ones.
    mutating func read(_ entry: HeaderFields.Entry, _ id: HeaderName) {
        let bit: UInt64 = 1 << UInt64(id.rawValue)
        if present & bit != 0 {
            if HeaderName.single & bit != 0 { note(.repeatedHeader, id, at: entry.value.start) }
            if id != .contentLength { return }
        }
        present |= bit
        guard HeaderName.readByParser & bit != 0 else { return }
        do throws(FieldFailure) {
            try readValue(entry.value, id)
        } catch {
            if failure == nil { failure = error }
        }
    }

    mutating func checkMandatory() {
        let missing = HeaderName.mandatory & ~present
        if missing != 0, let name = HeaderName(rawValue: UInt8(truncatingIfNeeded: missing.trailingZeroBitCount)) {
            note(.missingHeader, name, at: 0)
        }
    }

    private mutating func readValue(_ value: ShortRange, _ id: HeaderName) throws(FieldFailure) {
        var reader = FieldReader(view, scanned: value, header: id)
        switch id {
        case .via: try reader.via(into: &layout.via)
        case .from:
            layout.from.value = value
            try reader.nameAddress(into: &layout.from)
        case .to:
            layout.to.value = value
            try reader.nameAddress(into: &layout.to)
        case .callID:
            layout.callID = value
            try reader.callID()
        case .cSeq: try cSeq(&reader)
        case .maxForwards:
            guard let number = view.decimal(from: value.start, to: value.end, maximum: 255) else {
                throw reader.failure(.numberRange)
            }
            layout.maxForwards = Int16(truncatingIfNeeded: number)
        case .contentLength:
            let maximum = UInt64(Int32.max)
            guard let number = view.decimal(from: value.start, to: value.end, maximum: maximum),
                layout.contentLength < 0 || layout.contentLength == Int32(truncatingIfNeeded: number)
            else { throw reader.failure(.contentLength) }
            layout.contentLength = Int32(truncatingIfNeeded: number)
        default: break
        }
    }

    private mutating func cSeq(_ reader: inout FieldReader) throws(FieldFailure) {
        let start = reader.position
        while reader.current.isDigit { reader.position &+= 1 }
        let number = view.decimal(from: start, to: reader.position, maximum: UInt64(UInt32.max))
        layout.cSeqNumber = UInt32(truncatingIfNeeded: number ?? 0)
        let digitsEnd = reader.position
        reader.skipWhitespace()
        let hasBlank = reader.position > digitsEnd
        layout.cSeqToken = reader.token()
        layout.cSeqMethod = .identify(view, from: layout.cSeqToken.start, to: layout.cSeqToken.end)
        guard number != nil else {
            throw FieldFailure(digitsEnd > start ? .numberRange : .headerValue, .cSeq, at: start)
        }
        guard hasBlank, reader.isAtEnd, layout.cSeqToken.count > 0 else { throw reader.failure() }
    }

    /// Content-Length bytes, or all that is left. More than is there is an error: the datagram was cut.
    mutating func readBody(from start: Int) {
        var end = view.count
        if layout.contentLength >= 0 {
            let wanted = start &+ Int(layout.contentLength)
            if wanted > end { note(.contentLength, .contentLength, at: start) } else { end = wanted }
        }
        layout.body = ShortRange(from: start, to: end)
    }

    /// RFC 3261 §8.1.1.5. A method that nobody knows deserves 501 rather than 400, so its CSeq may say what it likes:
    /// `hasMethodMismatch` tells.
    mutating func checkMethod() {
        guard layout.isRequest, layout.method != .unknown, layout.cSeqToken.count > 0 else { return }
        if layout.method != layout.cSeqMethod { note(.methodMismatch, .cSeq, at: layout.cSeqToken.start) }
    }
}

extension ByteView {
    /// `SIP/` digits `.` digits, but not 2.0.
    fileprivate func isVersion(from start: Int, to end: Int) -> Bool {
        guard start &+ 4 < end, spells("sip/", from: start, to: start &+ 4) else { return false }
        var dot = start &+ 4
        while dot < end && self[dot] != UInt8(ascii: ".") { dot &+= 1 }
        return decimal(from: start &+ 4, to: dot, maximum: 1 << 32) != nil
            && decimal(from: dot &+ 1, to: end, maximum: 1 << 32) != nil
    }
}

extension FieldReader {
    /// Visible bytes without blanks; what else RFC 3261 §25.1 `callid` forbids hurts nobody.
    fileprivate mutating func callID() throws(FieldFailure) {
        guard !isAtEnd else { throw failure() }
        while position < end {
            guard view.base[position] > 32, view.base[position] != 127 else { throw failure() }
            position &+= 1
        }
    }
}

extension HeaderName {
    /// Sets of fields, bit `rawValue` for each. Every message carries these (RFC 3261 §8.1.1; Max-Forwards is missing
    /// from requests of RFC 2543).
    static var mandatory: UInt64 { bit(.via) | bit(.from) | bit(.to) | bit(.callID) | bit(.cSeq) }

    /// The fields that the parser takes apart.
    static var readByParser: UInt64 { mandatory | bit(.maxForwards) | bit(.contentLength) }

    /// The fields that make a message contradict itself where they stand twice.
    static var single: UInt64 {
        bit(.from) | bit(.to) | bit(.callID) | bit(.cSeq) | bit(.maxForwards) | bit(.contentType) | bit(.expires)
            | bit(.event) | bit(.referTo) | bit(.replaces) | bit(.sessionExpires) | bit(.minSE) | bit(.rSeq)
            | bit(.rAck) | bit(.subscriptionState)
    }

    @inline(__always)
    private static func bit(_ name: HeaderName) -> UInt64 { 1 << UInt64(name.rawValue) }
}
