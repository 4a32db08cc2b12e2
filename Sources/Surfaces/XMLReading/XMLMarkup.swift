/// Looks for the markup that the XML parser must not see.
///
/// A document type declaration is refused: without one there are no entities but the five of XML itself, nothing to
/// expand and nothing to fetch. So is a processing instruction, which nobody here sends; Foundation's parser crashes on one
/// without content. So that neither can hide, the document must be written in an encoding that holds ASCII as it is.
enum XMLMarkup {
    /// Encodings in which ASCII characters are single bytes of their own value.
    private static let encodings: Set<String> = [
        "utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "iso8859-1", "latin1", "iso-8859-15", "windows-1252",
    ]

    /// The document as the parser is given it, without blanks before it; throws for such markup and for other
    /// encodings.
    static func checked(_ bytes: [UInt8]) throws(XMLProblem) -> ArraySlice<UInt8> {
        var rest = bytes[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        rest = rest.drop(while: \.isXMLBlank)
        if rest.contains(0) { throw XMLProblem("the document holds a NUL, or is not written in UTF-8") }
        // Libxml2 takes other beginnings for marks of encodings, and some of those lead it astray.
        if let first = rest.first, first != UInt8(ascii: "<") {
            throw XMLProblem("the document does not begin with <, or is not written in UTF-8")
        }
        let document = rest
        if rest.starts(with: "<?xml".utf8), rest.dropFirst(5).first?.isXMLBlank == true,
            let end = rest.range(of: "?>", from: rest.startIndex)
        {
            try checkEncoding(rest[rest.startIndex..<end.lowerBound])
            rest = rest[end.upperBound...]
        }
        try checkContent(rest)
        return document
    }

    /// Steps from one `<` to the next, over comments and CDATA.
    private static func checkContent(_ content: ArraySlice<UInt8>) throws(XMLProblem) {
        var position = content.startIndex
        while let start = content[position...].firstIndex(of: UInt8(ascii: "<")) {
            let markup = content[start...]
            if markup.starts(with: "<!--".utf8) {
                position = content.range(of: "-->", from: start + 4)?.upperBound ?? content.endIndex
            } else if markup.starts(with: "<![CDATA[".utf8) {
                position = content.range(of: "]]>", from: start + 9)?.upperBound ?? content.endIndex
            } else if markup.starts(with: "<!".utf8) {
                throw XMLProblem("a document type declaration is not allowed")
            } else if markup.starts(with: "<?".utf8) {
                throw XMLProblem("a processing instruction is not allowed")
            } else {
                position = start + 1
            }
        }
    }

    /// Looks at `encoding="…"` of the XML declaration.
    private static func checkEncoding(_ declaration: ArraySlice<UInt8>) throws(XMLProblem) {
        guard let name = declaration.range(of: "encoding", from: declaration.startIndex) else { return }
        let value = declaration[name.upperBound...].drop { $0.isXMLBlank || $0 == UInt8(ascii: "=") }
        guard let quote = value.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            throw XMLProblem("the XML declaration cannot be read")
        }
        let encoding = String(decoding: value.dropFirst().prefix { $0 != quote }, as: UTF8.self).lowercased()
        guard encodings.contains(encoding) else { throw XMLProblem("the encoding is not supported; send UTF-8") }
    }
}

extension ArraySlice<UInt8> {
    /// Where `text` stands first from `start` on; nil where it does not.
    fileprivate func range(of text: StaticString, from start: Int) -> Range<Int>? {
        let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard endIndex - start >= wanted.count else { return nil }
        for position in start...(endIndex - wanted.count) where self[position] == wanted[0] {
            if self[position..<position + wanted.count].elementsEqual(wanted) {
                return position..<position + wanted.count
            }
        }
        return nil
    }
}
