/// Reads `Digest name=value, …` lists; several challenges may follow each other in one field.
enum DigestReader {
    /// The parameters the switch reads.
    enum Name {
        case realm, nonce, opaque, algorithm, stale, qop, username, uri, response, cnonce, nc
        case other
    }

    /// More parameters than this in one challenge are ignored.
    static let maximumParameterCount = 64

    /// Calls `body` for each digest challenge or set of credentials in `value` with its parameters in order.
    static func read(_ value: [UInt8], _ body: ([(Name, [UInt8])]) -> Void) {
        value.withUnsafeBufferPointer { buffer in
            guard let view = ByteView(buffer) else { return }
            var reader = FieldReader(view, from: 0, to: buffer.count, header: .authorization)
            var parameters: [(Name, [UInt8])] = []
            var isDigest = false
            while reader.skipSeparators() {
                let wordStart = reader.position
                while reader.current.isToken { reader.position &+= 1 }
                let wordEnd = reader.position
                reader.skipWhitespace()
                guard wordEnd > wordStart else {
                    reader.position &+= 1
                    continue
                }
                if reader.take(UInt8(ascii: "=")) {
                    let text = reader.parameterText()
                    if isDigest && parameters.count < maximumParameterCount {
                        parameters.append((name(view, wordStart, wordEnd), text))
                    }
                } else {
                    if isDigest { body(parameters) }
                    parameters = []
                    isDigest = view.spells("digest", from: wordStart, to: wordEnd)
                }
            }
            if isDigest { body(parameters) }
        }
    }

    private static func name(_ view: ByteView, _ start: Int, _ end: Int) -> Name {
        if view.spells("realm", from: start, to: end) { return .realm }
        if view.spells("nonce", from: start, to: end) { return .nonce }
        if view.spells("opaque", from: start, to: end) { return .opaque }
        if view.spells("algorithm", from: start, to: end) { return .algorithm }
        if view.spells("stale", from: start, to: end) { return .stale }
        if view.spells("qop", from: start, to: end) { return .qop }
        if view.spells("username", from: start, to: end) { return .username }
        if view.spells("uri", from: start, to: end) { return .uri }
        if view.spells("response", from: start, to: end) { return .response }
        if view.spells("cnonce", from: start, to: end) { return .cnonce }
        return view.spells("nc", from: start, to: end) ? .nc : .other
    }

    /// Whether `text` is `true`, in any case.
    static func isTrue(_ text: [UInt8]) -> Bool {
        text.withUnsafeBufferPointer { ByteView($0)?.spells("true", from: 0, to: text.count) ?? false }
    }

    /// Whether the comma-separated list `text` holds `token`, which must be in lower case.
    static func list(_ text: [UInt8], holds token: StaticString) -> Bool {
        text.withUnsafeBufferPointer { buffer in
            guard let view = ByteView(buffer) else { return false }
            var splitter = ListSplitter(view, from: 0, to: buffer.count)
            while let value = splitter.next() {
                if view.spells(token, from: value.start, to: value.end) { return true }
            }
            return false
        }
    }
}

extension FieldReader {
    /// Steps over blanks and commas, and says whether anything follows.
    fileprivate mutating func skipSeparators() -> Bool {
        while !isAtEnd && (current.isWhitespace || current == UInt8(ascii: ",")) { position &+= 1 }
        return !isAtEnd
    }

    /// A quoted string without quotes and escapes, or everything up to a comma or blank. An unclosed quote takes all
    /// that is left.
    fileprivate mutating func parameterText() -> [UInt8] {
        skipWhitespace()
        var text: [UInt8] = []
        guard take(UInt8(ascii: "\"")) else {
            while !isAtEnd && !current.isWhitespace && current != UInt8(ascii: ",") {
                text.append(current)
                position &+= 1
            }
            return text
        }
        while !isAtEnd && current != UInt8(ascii: "\"") {
            if current == UInt8(ascii: "\\") && position &+ 1 < end { position &+= 1 }
            text.append(current)
            position &+= 1
        }
        position = min(position &+ 1, end)
        return text
    }
}
