/// A translation rule that cannot be read: where, and what is allowed there.
public struct TranslationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The whole text of the rules.
    public var text: String
    /// Offset of the byte that stopped the reader, counted in the UTF-8 bytes of `text`.
    public var offset: Int
    /// What is allowed there, in plain words.
    public var allowed: String

    /// One line with the offset and what is allowed.
    public var description: String { "at byte \(offset) of \(text): allowed is \(allowed)" }
}

/// A fault inside one pattern or replacement; `TranslationReader` turns the offset into one of the whole text.
struct PatternFault: Error {
    var offset: Int
    var allowed: String
}
