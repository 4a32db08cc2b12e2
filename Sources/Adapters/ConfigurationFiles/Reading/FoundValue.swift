/// A single value as it was found in a file or in the environment.
struct FoundValue {
    var text: String
    /// Whether it stands without quotes.
    var isPlain: Bool
    var path: String
    var place: ConfigurationProblem.Place

    /// Whether it is null: nothing at all, or the word.
    var isNull: Bool { isPlain && (text.isEmpty || ["null", "~", "Null", "NULL"].contains(text)) }

    /// The text where it is one and holds no control characters.
    var word: String? {
        isNull || text.unicodeScalars.contains { $0.properties.generalCategory == .control } ? nil : text
    }

    /// The text where it stands without quotes, so that it may be a number or a truth value.
    var plainWord: String? { isPlain ? word : nil }

    /// Says what is wrong and what would be right.
    func complaint(allowed: String, isSecret: Bool = false) -> ConfigurationProblem {
        let shown = isSecret ? "(secret)" : isNull ? "null" : text.quoted
        return ConfigurationProblem(place, path, "\(shown) is not allowed; allowed is \(allowed)")
    }
}
