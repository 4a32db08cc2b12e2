/// A language that text is spoken in, by the names that REST clients send.
public enum SpeechLocale: String, Hashable, Sendable, CaseIterable {
    case americanEnglish = "en_US"
    case britishEnglish = "en_UK"
    case spanish = "es"
    case mexicanSpanish = "es_MX"
    case french = "fr"
    case frenchOfFrance = "fr_FR"
    case german = "de"
    case germanOfGermany = "de_DE"
    case italian = "it"
    case italianOfItaly = "it_IT"

    /// The language without its country, as `en`.
    var language: Substring { rawValue.prefix { $0 != "_" } }
}

/// Whose voice it sounds like.
public enum SpeechGender: String, Hashable, Sendable, CaseIterable { case female, male }
