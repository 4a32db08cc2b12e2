/// Reads the rules of a `NumberTranslation` from their text.
struct TranslationReader {
    private let text: String
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) {
        self.text = text
        bytes = Array(text.utf8)
    }

    mutating func rules() throws(TranslationError) -> [NumberTranslation.Rule] {
        guard bytes.count <= NumberTranslation.maximumTextLength else {
            throw refusal(at: 0, "at most \(NumberTranslation.maximumTextLength) bytes")
        }
        var rules: [NumberTranslation.Rule] = []
        while true {
            skip(while: { $0 == 0x20 })
            guard position < bytes.count else { return rules }
            if bytes[position] == UInt8(ascii: ";") {
                position += 1
            } else if bytes[position...].starts(with: [UInt8(ascii: "s"), UInt8(ascii: "/")]) {
                rules.append(.substitution(try substitution()))
            } else {
                rules.append(.whole(try whole()))
            }
        }
    }

    private func refusal(at offset: Int, _ allowed: String) -> TranslationError {
        TranslationError(text: text, offset: offset, allowed: allowed)
    }

    private mutating func skip(while condition: (UInt8) -> Bool) {
        while position < bytes.count && condition(bytes[position]) { position += 1 }
    }

    private mutating func whole() throws(TranslationError) -> [UInt8] {
        let start = position
        skip(while: { $0 != UInt8(ascii: ";") })
        var number = bytes[start..<position]
        while number.last == 0x20 { number.removeLast() }
        guard number.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw refusal(at: start, "s/match/replace/ or a number of printable characters without blanks")
        }
        guard number.count <= NumberTranslation.maximumLength else {
            throw refusal(at: start, "a number of at most \(NumberTranslation.maximumLength) bytes")
        }
        return Array(number)
    }

    private mutating func substitution() throws(TranslationError) -> NumberTranslation.Substitution {
        position += 2
        let patternStart = position
        let pattern = try part()
        let replacementStart = position
        let replacementText = try part()
        let isGlobal = position < bytes.count && bytes[position] == UInt8(ascii: "g")
        if isGlobal { position += 1 }
        skip(while: { $0 == 0x20 })
        guard position == bytes.count || bytes[position] == UInt8(ascii: ";") else {
            throw refusal(at: position, "g, ; or nothing behind a rule")
        }
        var origin = patternStart
        do throws(PatternFault) {
            var reader = PatternReader(pattern)
            let node = try reader.read()
            let program = try PatternProgram(compiling: node, groupCount: reader.groupCount)
            origin = replacementStart
            let replacement = try Replacement(
                replacementText, groupCount: reader.groupCount, groupNames: reader.groupNames)
            return NumberTranslation.Substitution(program: program, replacement: replacement, isGlobal: isGlobal)
        } catch {
            throw refusal(at: origin + error.offset, error.allowed)
        }
    }

    /// The text up to the next slash that no backslash precedes; `\/` is read as a slash.
    private mutating func part() throws(TranslationError) -> [UInt8] {
        var part: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "/") { return part }
            if byte == UInt8(ascii: "\\") && position < bytes.count {
                let next = bytes[position]
                position += 1
                if next != UInt8(ascii: "/") { part.append(byte) }
                part.append(next)
            } else {
                part.append(byte)
            }
        }
        throw refusal(at: position, "s/match/replace/ with its three slashes")
    }
}
