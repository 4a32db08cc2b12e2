/// What stands before the root element of an XML document.
///
/// A document type declaration is refused before the parser sees it: without one there are no entities but the five of
/// XML itself, nothing to expand and nothing to fetch. So that none can hide, the document must be written in an
/// encoding whose `<` and `!` are those of ASCII.
enum XMLProlog {
    /// Encodings in which ASCII characters are single bytes of their own value.
    private static let encodings: Set<String> = [
        "utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "iso8859-1", "latin1", "iso-8859-15", "windows-1252",
    ]

    /// The part of the document that the parser is given, without blanks before it; throws for a document type
    /// declaration and for other encodings.
    static func checked(_ bytes: [UInt8]) throws(XMLRPCFault) -> ArraySlice<UInt8> {
        var rest = bytes[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        rest = rest.drop(while: isBlank)
        if rest.contains(0) { throw .malformed("the document holds a NUL, or is not written in UTF-8") }
        let document = rest
        if rest.starts(with: "<?xml".utf8), let end = rest.range(of: "?>") {
            try checkEncoding(rest[rest.startIndex..<end.lowerBound])
            rest = rest[end.upperBound...]
        }
        while true {
            rest = rest.drop(while: isBlank)
            if rest.starts(with: "<!--".utf8), let end = rest.dropFirst(4).range(of: "-->") {
                rest = rest[end.upperBound...]
            } else if rest.starts(with: "<?".utf8), let end = rest.range(of: "?>") {
                rest = rest[end.upperBound...]
            } else {
                break
            }
        }
        if rest.starts(with: "<!".utf8) { throw .malformed("a document type declaration is not allowed") }
        return document
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 10 || byte == 13 || byte == 9 }

    /// Looks at `encoding="…"` of the XML declaration.
    private static func checkEncoding(_ declaration: ArraySlice<UInt8>) throws(XMLRPCFault) {
        guard let name = declaration.range(of: "encoding") else { return }
        let value = declaration[name.upperBound...].drop { isBlank($0) || $0 == UInt8(ascii: "=") }
        guard let quote = value.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            throw .malformed("the XML declaration cannot be read")
        }
        let encoding = String(decoding: value.dropFirst().prefix { $0 != quote }, as: UTF8.self).lowercased()
        guard encodings.contains(encoding) else { throw .malformed("the encoding is not supported; send UTF-8") }
    }
}

extension ArraySlice<UInt8> {
    /// Where `text` stands first; nil where it does not.
    fileprivate func range(of text: StaticString) -> Range<Int>? {
        let count = text.utf8CodeUnitCount
        let wanted = UnsafeBufferPointer(start: text.utf8Start, count: count)
        guard self.count >= count else { return nil }
        for start in startIndex...(endIndex - count) where self[start] == wanted[0] {
            if self[start..<start + count].elementsEqual(wanted) { return start..<start + count }
        }
        return nil
    }
}
