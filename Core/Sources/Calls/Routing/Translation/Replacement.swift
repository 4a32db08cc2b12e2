/// What a match is replaced with: literal bytes and references to groups.
struct Replacement: Equatable, Sendable {
    enum Part: Equatable, Sendable {
        case literal([UInt8])
        /// The group's text; nothing where it took no part. 0 is the whole match.
        case group(Int)
    }

    private(set) var parts: [Part] = []
    /// The literal bytes where there is no reference.
    var literal: [UInt8]? {
        if parts.isEmpty { return [] }
        guard parts.count == 1, case .literal(let bytes) = parts[0] else { return nil }
        return bytes
    }

    /// Reads literals, `\1` … `\99`, `\g<1>`, `\g<name>` and `\\`.
    init(_ text: [UInt8], groupCount: Int, groupNames: [[UInt8]: Int]) throws(PatternFault) {
        var literal: [UInt8] = []
        var position = 0
        while position < text.count {
            let byte = text[position]
            guard byte == UInt8(ascii: "\\") else {
                guard byte >= 0x20 && byte != 0x7F else {
                    throw PatternFault(offset: position, allowed: "no control characters")
                }
                literal.append(byte)
                position += 1
                continue
            }
            if position + 1 < text.count && text[position + 1] == UInt8(ascii: "\\") {
                literal.append(byte)
                position += 2
                continue
            }
            let reference = try Self.reference(text, at: position, names: groupNames)
            guard reference.group <= groupCount else {
                throw PatternFault(offset: position, allowed: "groups up to \(groupCount), as many as the pattern has")
            }
            if !literal.isEmpty { parts.append(.literal(literal)) }
            literal = []
            parts.append(.group(reference.group))
            position = reference.end
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
    }

    /// The group that the text from the backslash at `start` on names, and where the reference ends.
    private static func reference(
        _ text: [UInt8], at start: Int, names: [[UInt8]: Int]
    ) throws(PatternFault) -> (group: Int, end: Int) {
        let allowed = "\\1 to \\99, \\g<number>, \\g<name> and \\\\"
        var position = start + 1
        if position < text.count && text[position] &- 49 < 9 {
            var group = Int(text[position] &- 48)
            position += 1
            if position < text.count && text[position] &- 48 < 10 {
                group = group * 10 + Int(text[position] &- 48)
                position += 1
            }
            return (group, position)
        }
        guard position + 1 < text.count, text[position] == UInt8(ascii: "g"), text[position + 1] == UInt8(ascii: "<"),
            let close = text[position...].firstIndex(of: UInt8(ascii: ">")), close > position + 2
        else { throw PatternFault(offset: start, allowed: allowed) }
        let name = Array(text[(position + 2)..<close])
        if let group = names[name] { return (group, close + 1) }
        guard name.count <= 2, name.allSatisfy({ $0 &- 48 < 10 }) else {
            throw PatternFault(offset: start, allowed: allowed)
        }
        return (name.reduce(0) { $0 * 10 + Int($1 &- 48) }, close + 1)
    }

    /// Appends the replacement for the match in `slots` to `output`.
    func write(slots: [Int], of number: [UInt8], into output: inout [UInt8]) {
        for part in parts {
            switch part {
            case .literal(let bytes): output.append(contentsOf: bytes)
            case .group(let group):
                let start = slots[2 * group]
                let end = slots[2 * group + 1]
                if start >= 0 && end >= start { output.append(contentsOf: number[start..<end]) }
            }
        }
    }
}
