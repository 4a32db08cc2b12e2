/// Who speaks a text, and in which language.
public struct SpeechVoice: Hashable, Sendable {
    /// The voice's name, in lower case.
    public let name: String
    public let gender: SpeechGender
    /// The language that it speaks now.
    public let locale: SpeechLocale
    /// The shape that makes one voice of the engine sound like several.
    let variant: String

    private init(_ name: String, _ gender: SpeechGender, _ locale: SpeechLocale, _ variant: String) {
        self.name = name
        self.gender = gender
        self.locale = locale
        self.variant = variant
    }

    /// American English, female.
    public static let standard = SpeechVoice("susan", .female, .americanEnglish, "f3")

    /// Every voice there is, the first of a language and gender being the one that speaks where none is named.
    public static let all: [SpeechVoice] = [
        standard,
        SpeechVoice("kate", .female, .americanEnglish, "f2"), SpeechVoice("julie", .female, .americanEnglish, "f4"),
        SpeechVoice("paul", .male, .americanEnglish, "m3"), SpeechVoice("dave", .male, .americanEnglish, "m7"),
        SpeechVoice("bridget", .female, .britishEnglish, "f3"), SpeechVoice("simon", .male, .britishEnglish, "m3"),
        SpeechVoice("esperanza", .female, .spanish, "f3"), SpeechVoice("violeta", .female, .spanish, "f2"),
        SpeechVoice("jorge", .male, .spanish, "m3"),
        SpeechVoice("jolie", .female, .french, "f3"), SpeechVoice("bernard", .male, .french, "m3"),
        SpeechVoice("katrin", .female, .german, "f3"), SpeechVoice("stefan", .male, .german, "m3"),
        SpeechVoice("paola", .female, .italian, "f3"), SpeechVoice("luca", .male, .italian, "m3"),
    ]

    /// The voice that speaks a language where none is named.
    public init(_ locale: SpeechLocale, _ gender: SpeechGender = .female) {
        let near = Self.all.filter { $0.gender == gender && $0.locale.language == locale.language }
        let voice = near.first { $0.locale == locale } ?? near.first ?? .standard
        self.init(voice.name, voice.gender, locale, voice.variant)
    }

    /// A voice by its name, whatever its case; nil for a name that is not in `all`. It speaks `locale` where that is a
    /// form of its own language, else its own.
    public init?(named name: String, speaking locale: SpeechLocale? = nil) {
        guard let voice = Self.all.first(where: { $0.name == name.lowercased() }) else { return nil }
        let wanted = locale ?? voice.locale
        let isOwn = wanted.language == voice.locale.language && voice.locale.language != "en"
        self.init(voice.name, voice.gender, isOwn ? wanted : voice.locale, voice.variant)
    }
}
