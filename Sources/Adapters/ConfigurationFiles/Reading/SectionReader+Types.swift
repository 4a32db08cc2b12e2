import Foundation

extension SectionReader {
    /// A text without control characters.
    mutating func text(_ key: String, _ fallback: String) -> String {
        value(key, fallback, allowed: "a text without control characters", \.word)
    }

    /// A text without control characters, or null.
    mutating func optionalText(_ key: String) -> String? {
        optional(key, allowed: "a text without control characters", \.word)
    }

    /// A text without control characters that must be given.
    mutating func requiredText(_ key: String) -> String {
        required(key, "", allowed: "a text that is not empty") { $0.word.flatMap { $0.isEmpty ? nil : $0 } }
    }

    /// A whole number in `range`.
    mutating func integer(_ key: String, _ fallback: Int, in range: ClosedRange<Int>) -> Int {
        value(key, fallback, allowed: Self.allowed(range)) { Self.integer($0, in: range) }
    }

    /// A whole number in `range`, or null.
    mutating func optionalInteger(_ key: String, in range: ClosedRange<Int>) -> Int? {
        optional(key, allowed: Self.allowed(range)) { Self.integer($0, in: range) }
    }

    /// A whole number in `range` that must be given; 0 where it is missing or wrong.
    mutating func requiredInteger(_ key: String, in range: ClosedRange<Int>) -> Int {
        required(key, 0, allowed: Self.allowed(range)) { Self.integer($0, in: range) }
    }

    private static func integer(_ found: FoundValue, in range: ClosedRange<Int>) -> Int? {
        guard let word = found.plainWord, let number = Int(word), !word.hasPrefix("+"), range.contains(number) else {
            return nil
        }
        return number
    }

    private static func allowed(_ range: ClosedRange<Int>) -> String {
        let isLimit = range.lowerBound == -1
        let least = "\(isLimit ? "-1 for no limit, or " : "")a whole number from \(max(0, range.lowerBound))"
        return range.upperBound >= Int(UInt32.max) ? "\(least) on" : "\(least) to \(range.upperBound)"
    }

    /// `true` or `false`.
    mutating func boolean(_ key: String, _ fallback: Bool) -> Bool {
        value(key, fallback, allowed: "true or false") { $0.plainWord.flatMap { Bool($0) } }
    }

    /// A duration of at least `least`.
    mutating func duration(_ key: String, _ fallback: Duration, atLeast least: Duration = .zero) -> Duration {
        value(key, fallback, allowed: Self.allowed(atLeast: least)) { Self.duration($0, atLeast: least) }
    }

    /// A duration of at least `least`, or null.
    mutating func optionalDuration(_ key: String, atLeast least: Duration) -> Duration? {
        optional(key, allowed: Self.allowed(atLeast: least)) { Self.duration($0, atLeast: least) }
    }

    /// An instant in milliseconds since 1970-01-01 00:00 UTC, or null.
    mutating func optionalDate(_ key: String) -> Int64? {
        optional(key, allowed: DateText.allowed) { $0.word.flatMap(DateText.parse) }
    }

    private static func duration(_ found: FoundValue, atLeast least: Duration) -> Duration? {
        found.word.flatMap(DurationText.parse).flatMap { $0 >= least ? $0 : nil }
    }

    private static func allowed(atLeast least: Duration) -> String {
        least > .zero ? "\(DurationText.allowed), \(DurationText.write(least)) or more" : DurationText.allowed
    }

    /// One of the words of `T`.
    mutating func choice<T: RawRepresentable<String> & CaseIterable>(_ key: String, _ fallback: T) -> T {
        let words = T.allCases.map(\.rawValue)
        return value(key, fallback, allowed: "one of \(words.joined(separator: ", "))") {
            $0.word.flatMap(T.init(rawValue:))
        }
    }

    /// One of the words of `T`, or null.
    mutating func optionalChoice<T: RawRepresentable<String> & CaseIterable>(_ key: String, of: T.Type) -> T? {
        let words = T.allCases.map(\.rawValue)
        return optional(key, allowed: "one of \(words.joined(separator: ", "))") {
            $0.word.flatMap(T.init(rawValue:))
        }
    }

    /// A secret, or null: itself, or where to find it, as `env:NAME` or `file:PATH`. Errors never show it.
    mutating func secret(_ key: String) -> String? {
        var failure: String?
        let environment = context.environment
        let secret: String? = optional(key, allowed: "a text without control characters", isSecret: true) { found in
            guard let word = found.word else { return nil }
            switch SecretSource.resolve(word, environment: environment) {
            case .success(let secret): return secret
            case .failure(let error):
                failure = error.reason
                return ""
            }
        }
        guard let failure else { return secret }
        report(key, failure)
        return nil
    }
}
