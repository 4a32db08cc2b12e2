extension FieldReader {
    /// `name-addr` or `addr-spec` with header parameters, up to the end of the value.
    mutating func nameAddress(into result: inout PackedNameAddress) throws(FieldFailure) {
        skipWhitespace()
        let start = position
        if current != UInt8(ascii: "<") { try display(into: &result) }
        if take(UInt8(ascii: "<")) {
            try bracketedURI(into: &result)
        } else {
            try bareURI(into: &result)
        }
        skipWhitespace()
        result.parameters = ShortRange(from: position, to: end)
        while let parameter = try parameter() {
            guard parameter.name.count == 3, view.spells("tag", from: parameter.name.start, to: parameter.name.end)
            else { continue }
            guard result.tag.count == 0, let value = parameter.value, value.count > 0, parameter.isToken else {
                throw FieldFailure(.headerValue, header, at: parameter.name.start)
            }
            result.tag = value
        }
        guard isAtEnd else { throw failure() }
        result.value = ShortRange(from: start, to: end)
    }

    /// A quoted display name, or tokens before `<`. Bytes above 127 are tolerated in tokens: phones send them.
    private mutating func display(into result: inout PackedNameAddress) throws(FieldFailure) {
        if current == UInt8(ascii: "\"") {
            result.display = try quotedString()
            skipWhitespace()
            guard current == UInt8(ascii: "<") else { throw failure() }
            return
        }
        let start = position
        var last = position
        while position < end {
            let byte = view.base[position]
            if byte.isToken || byte >= 128 {
                last = position &+ 1
            } else if !byte.isWhitespace {
                break
            }
            position &+= 1
        }
        guard current == UInt8(ascii: "<") else {
            position = start
            return
        }
        if last > start { result.display = ShortRange(from: start, to: last) }
    }

    private mutating func bracketedURI(into result: inout PackedNameAddress) throws(FieldFailure) {
        let start = position
        while position < end && view.base[position].isURICharacter { position &+= 1 }
        result.uri = ShortRange(from: start, to: position)
        guard current == UInt8(ascii: ">") else { throw failure() }
        try checkScheme(result.uri)
        position &+= 1
    }

    /// Without brackets the URI ends at the first semicolon, and may hold neither comma nor question mark
    /// (RFC 3261 §20.10).
    private mutating func bareURI(into result: inout PackedNameAddress) throws(FieldFailure) {
        let start = position
        while position < end {
            let byte = view.base[position]
            guard byte.isIn(.parameterValue) else { break }
            guard byte != UInt8(ascii: "?") else { throw failure(.uri) }
            position &+= 1
        }
        result.uri = ShortRange(from: start, to: position)
        try checkScheme(result.uri)
    }

    /// A scheme begins with a letter and ends with a colon that something follows (RFC 3261 §25.1 `scheme`).
    private func checkScheme(_ uri: ShortRange) throws(FieldFailure) {
        guard SIPURI.schemeEnd(view, from: uri.start, to: uri.end) != nil else {
            throw FieldFailure(.uri, header, at: uri.start)
        }
    }
}
