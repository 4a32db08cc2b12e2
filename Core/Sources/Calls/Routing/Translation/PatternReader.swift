/// Reads the subset of Python's regular expressions that numbers need.
///
/// Literals, `.`, classes with `\d \w \s` and their complements, `^ $`, groups `( )`, `(?: )` and `(?P<name> )`,
/// alternatives, and the quantifiers `? * + {m} {m,} {,n} {m,n}` with their lazy forms. Look-around, back references,
/// flags, boundaries, possessive quantifiers and repetitions of what may be empty are refused.
struct PatternReader {
    /// Most nested groups.
    static let maximumDepth = 16
    /// Most capturing groups.
    static let maximumGroups = 20
    /// Largest number in a counted quantifier.
    static let maximumCount = 128

    private let text: [UInt8]
    private var position = 0
    private var depth = 0
    /// How many capturing groups were met.
    private(set) var groupCount = 0
    /// Names of named groups.
    private(set) var groupNames: [[UInt8]: Int] = [:]

    init(_ text: [UInt8]) { self.text = text }

    /// The whole pattern.
    mutating func read() throws(PatternFault) -> PatternNode {
        let node = try alternatives()
        guard position == text.count else { throw fault("a ) only after its (") }
        return node
    }

    private func fault(_ allowed: String) -> PatternFault { PatternFault(offset: position, allowed: allowed) }

    private var current: UInt8? { position < text.count ? text[position] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    private mutating func alternatives() throws(PatternFault) -> PatternNode {
        var branches = [try sequence()]
        while take(UInt8(ascii: "|")) { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .alternatives(branches)
    }

    private mutating func sequence() throws(PatternFault) -> PatternNode {
        var items: [PatternNode] = []
        while let byte = current, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
            items.append(try quantified(try atom()))
        }
        return items.isEmpty ? .empty : items.count == 1 ? items[0] : .sequence(items)
    }

    private mutating func atom() throws(PatternFault) -> PatternNode {
        guard let byte = current else { return .empty }
        switch byte {
        case UInt8(ascii: "^"):
            position += 1
            return .start
        case UInt8(ascii: "$"):
            position += 1
            return .end
        case UInt8(ascii: "."):
            position += 1
            return .set(ByteSet(10...10).inverted)
        case UInt8(ascii: "["): return .set(try characterClass())
        case UInt8(ascii: "("): return try group()
        case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"):
            throw fault("a quantifier only behind what it repeats")
        case UInt8(ascii: "\\"):
            let set = try escape(isInClass: false)
            return set.single.map { .byte($0) } ?? .set(set.set)
        default:
            guard byte >= 0x20 && byte != 0x7F else { throw fault("no control characters") }
            position += 1
            return .byte(byte)
        }
    }

    private mutating func group() throws(PatternFault) -> PatternNode {
        position += 1
        depth += 1
        guard depth <= Self.maximumDepth else { throw fault("at most \(Self.maximumDepth) nested groups") }
        var capture: Int?
        if take(UInt8(ascii: "?")) {
            if take(UInt8(ascii: "P")) {
                guard take(UInt8(ascii: "<")) else { throw fault("(?P<name>…)") }
                capture = try openGroup(named: try name())
            } else if !take(UInt8(ascii: ":")) {
                throw fault("(?:…) and (?P<name>…) of the extended groups")
            }
        } else {
            capture = try openGroup(named: nil)
        }
        let node = try alternatives()
        guard take(UInt8(ascii: ")")) else { throw fault("a ) for every (") }
        depth -= 1
        return .group(node, capture: capture)
    }

    private mutating func openGroup(named name: [UInt8]?) throws(PatternFault) -> Int {
        groupCount += 1
        guard groupCount <= Self.maximumGroups else { throw fault("at most \(Self.maximumGroups) groups") }
        if let name {
            guard groupNames[name] == nil else { throw fault("each group name once") }
            groupNames[name] = groupCount
        }
        return groupCount
    }

    /// A name and the `>` behind it.
    private mutating func name() throws(PatternFault) -> [UInt8] {
        let start = position
        while let byte = current, ByteSet.wordCharacters.contains(byte) { position += 1 }
        let name = Array(text[start..<position])
        guard let first = name.first, !ByteSet.digits.contains(first), take(UInt8(ascii: ">")) else {
            throw fault("a group name of letters, digits and _ between < and >")
        }
        return name
    }

    private mutating func quantified(_ node: PatternNode) throws(PatternFault) -> PatternNode {
        guard let range = try quantifier() else { return node }
        switch node {
        case .start, .end: throw fault("a quantifier only behind a character, a class or a group")
        case .empty, .byte, .set, .group, .sequence, .alternatives, .repetition: break
        }
        guard range.maximum == 1 || !node.canBeEmpty else {
            throw fault("a repetition only of what is never empty: engines differ on the others")
        }
        let isLazy = take(UInt8(ascii: "?"))
        if let next = current, next == UInt8(ascii: "*") || next == UInt8(ascii: "+") || next == UInt8(ascii: "?") {
            throw fault("one quantifier, with ? behind it at most")
        }
        if try quantifier() != nil { throw fault("one quantifier, with ? behind it at most") }
        return .repetition(node, minimum: range.minimum, maximum: range.maximum, isGreedy: !isLazy)
    }

    /// The quantifier here; nil where there is none. A `{` that opens no count is an ordinary character.
    private mutating func quantifier() throws(PatternFault) -> (minimum: Int, maximum: Int?)? {
        if take(UInt8(ascii: "*")) { return (0, nil) }
        if take(UInt8(ascii: "+")) { return (1, nil) }
        if take(UInt8(ascii: "?")) { return (0, 1) }
        guard current == UInt8(ascii: "{") else { return nil }
        let start = position
        position += 1
        let minimum = number()
        let hasComma = take(UInt8(ascii: ","))
        let maximum = hasComma ? number() : minimum
        guard take(UInt8(ascii: "}")), minimum != nil || hasComma else {
            position = start
            return nil
        }
        guard minimum ?? 0 <= Self.maximumCount, maximum ?? 0 <= Self.maximumCount, minimum ?? 0 <= maximum ?? .max
        else {
            throw fault("{m,n} with m not above n and both up to \(Self.maximumCount)")
        }
        return (minimum ?? 0, maximum)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let byte = current, byte &- 48 < 10 {
            value = min((value ?? 0) * 10 + Int(byte &- 48), 100_000)
            position += 1
        }
        return value
    }

    private mutating func characterClass() throws(PatternFault) -> ByteSet {
        position += 1
        let isInverted = take(UInt8(ascii: "^"))
        var set = ByteSet()
        var isFirst = true
        while isFirst || current != UInt8(ascii: "]") {
            isFirst = false
            let low = try classItem()
            guard current == UInt8(ascii: "-"), position + 1 < text.count, text[position + 1] != UInt8(ascii: "]")
            else {
                set = set.union(low.set)
                continue
            }
            position += 1
            let high = try classItem()
            guard let first = low.single, let last = high.single, first <= last else {
                throw fault("a range from a lower to a higher character")
            }
            set = set.union(ByteSet(first...last))
        }
        position += 1
        return isInverted ? set.inverted : set
    }

    private mutating func classItem() throws(PatternFault) -> (set: ByteSet, single: UInt8?) {
        guard let byte = current else { throw fault("a ] for every [") }
        if byte == UInt8(ascii: "\\") { return try escape(isInClass: true) }
        guard byte >= 0x20 && byte < 0x7F else { throw fault("printable ASCII characters in a class") }
        position += 1
        return (ByteSet(byte...byte), byte)
    }

    private mutating func escape(isInClass: Bool) throws(PatternFault) -> (set: ByteSet, single: UInt8?) {
        guard position + 1 < text.count else { throw fault("a character behind \\") }
        let byte = text[position + 1]
        switch byte {
        case UInt8(ascii: "d"): return named(.digits)
        case UInt8(ascii: "D"): return named(ByteSet.digits.inverted)
        case UInt8(ascii: "w"): return named(.wordCharacters)
        case UInt8(ascii: "W"): return named(ByteSet.wordCharacters.inverted)
        case UInt8(ascii: "s"): return named(.spaces)
        case UInt8(ascii: "S"): return named(ByteSet.spaces.inverted)
        default:
            guard byte > 0x20 && byte < 0x7F && !ByteSet.wordCharacters.contains(byte) else {
                throw fault("\\d \\D \\w \\W \\s \\S and \\ before a sign")
            }
            position += 2
            return (ByteSet(byte...byte), byte)
        }
    }

    private mutating func named(_ set: ByteSet) -> (set: ByteSet, single: UInt8?) {
        position += 2
        return (set, nil)
    }
}
