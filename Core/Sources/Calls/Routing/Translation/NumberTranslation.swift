/// Translation rules for numbers in the grammar of the XML-RPC interface (active-calls-xmlrpc.md §3.3).
///
/// `s/match/replace/` replaces the first match of a Python regular expression, `s/match/replace/g` all of them; a
/// plain text replaces the whole number; several rules are joined by `;` and applied in turn. `\/` stands for a slash
/// inside a rule. The patterns are the subset of `PatternReader`; anything else is refused when it is loaded, and no
/// pattern can take more than a bounded number of steps.
public struct NumberTranslation: Equatable, Sendable {
    enum Rule: Equatable, Sendable {
        case whole([UInt8])
        case substitution(Substitution)
    }

    struct Substitution: Equatable, Sendable {
        var program: PatternProgram
        var replacement: Replacement
        var isGlobal: Bool
    }

    /// Longest number, in bytes, that is translated, and longest result.
    public static let maximumLength = 128
    /// Most bytes of rules in one text.
    public static let maximumTextLength = 1024
    /// Most steps that the rules of one translation take over one number.
    static let maximumSteps = 250_000

    let rules: [Rule]

    /// The rules in `text`; an empty text is no rule. Throws where the text is outside the grammar.
    public init(_ text: String) throws(TranslationError) {
        var reader = TranslationReader(text)
        rules = try reader.rules()
    }

    /// Whether every number stays as it is.
    public var isIdentity: Bool { rules.isEmpty }

    /// The translated number; nil where it or a step towards it is longer than `maximumLength`, or took too many
    /// steps: such a call is refused.
    public func apply(to number: [UInt8]) -> [UInt8]? {
        guard !rules.isEmpty else { return number }
        guard number.count <= Self.maximumLength else { return nil }
        var current = number
        var budget = Self.maximumSteps
        for rule in rules {
            switch rule {
            case .whole(let replacement): current = replacement
            case .substitution(let substitution):
                guard let next = substitution.apply(to: current, budget: &budget) else { return nil }
                current = next
            }
            guard current.count <= Self.maximumLength else { return nil }
        }
        return current
    }
}

extension NumberTranslation.Substitution {
    /// The number with its matches replaced; nil when the budget is used up or the result is too long.
    func apply(to number: [UInt8], budget: inout Int) -> [UInt8]? {
        if let literal = program.anchoredLiteral, let replaced = replacement.literal {
            return number.starts(with: literal) ? replaced + number.dropFirst(literal.count) : number
        }
        var matcher = PatternMatcher(program, over: number, budget: budget)
        var output: [UInt8] = []
        var copied = 0
        var position = 0
        var mustAdvance = false
        while position <= number.count, matcher.search(from: position, mustAdvance: mustAdvance) {
            let start = matcher.slots[0]
            let end = matcher.slots[1]
            output.append(contentsOf: number[copied..<start])
            replacement.write(slots: matcher.slots, of: number, into: &output)
            copied = end
            position = end
            mustAdvance = start == end
            guard isGlobal && output.count <= NumberTranslation.maximumLength else { break }
        }
        budget = matcher.budget
        guard budget > 0 else { return nil }
        output.append(contentsOf: number[copied...])
        return output
    }
}
