import VoiceApplications

extension CallTerms {
    /// Most header fields that a call may be given, and longest name and value.
    static let mostHeaders = 5
    static let longestHeader = 256
    /// Longest wait for an answer, in seconds.
    static let longestCallTimeout = 300

    /// Reads what `POST /calls` asks for.
    init(_ object: RequestObject, of user: String) throws(RESTError) {
        let from = PartyName.plain(try object.required("from", upTo: 256))
        let to = PartyName.plain(try object.required("to", upTo: 256))
        guard PartyName.isDialable(to) else {
            throw .invalid("to", "a phone number in E.164 format or a SIP address")
        }
        guard PartyName.isDialable(from) else {
            throw .invalid("from", "a phone number in E.164 format or a SIP address")
        }
        self.init(user: user, .outgoing, from: PartyName.canonical(from), to: PartyName.canonical(to))
        shownCaller = PartyName.spelling(from, of: self.from)
        dialled = PartyName.spelling(to, of: self.to)
        if let seconds = try object.integer("callTimeout") {
            guard seconds > 0 else { throw .invalid("callTimeout", "greater than 0") }
            guard seconds <= Self.longestCallTimeout else {
                throw .invalid("callTimeout", "at most \(Self.longestCallTimeout)")
            }
            callTimeout = .seconds(seconds)
        }
        callback = try CallbackTerms(object)
        tag = try object.string("tag")
        bridge = try object.string("bridgeId").flatMap { $0.isEmpty ? nil : $0 }
        conference = try object.string("conferenceId").flatMap { $0.isEmpty ? nil : $0 }
        try RecordingChange(object).apply(to: &recording)
        isTranscribed = try object.boolean("transcriptionEnabled") ?? false
        sipHeaders = try Self.headers(object)
    }

    private static func headers(_ object: RequestObject) throws(RESTError) -> [String: String] {
        guard let pairs = try object.map("sipHeaders") else { return [:] }
        guard pairs.count <= mostHeaders else { throw .invalid("sipHeaders", "at most \(mostHeaders) headers") }
        var headers: [String: String] = [:]
        for (name, value) in pairs {
            let isName =
                name.lowercased().hasPrefix("x-") && name.utf8.count > 2
                && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"()<>@,;:\\\"/[]?={}".utf8.contains($0) }
            guard isName, name.count <= longestHeader, value.count <= longestHeader,
                value.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
            else {
                throw .invalid(
                    "sipHeaders",
                    "names that begin with X- and values of one line, each of at most \(longestHeader) characters")
            }
            headers[name] = value
        }
        return headers
    }
}

extension CallbackTerms {
    private enum Method: String, CaseIterable { case get = "GET", post = "POST" }

    /// Reads `callbackUrl`, `fallbackUrl`, `callbackHttpMethod` and `callbackTimeout`; what is absent stays as in `present`.
    init(_ object: RequestObject, changing present: CallbackTerms = CallbackTerms()) throws(RESTError) {
        self = present
        if object.has("callbackUrl") { url = try object.url("callbackUrl") }
        if object.has("fallbackUrl") { fallbackURL = try object.url("fallbackUrl") }
        if fallbackURL != nil && url == nil {
            throw RESTError(.validationError, "A 'fallbackUrl' needs a 'callbackUrl'")
        }
        if let method = try object.choice("callbackHttpMethod", of: Method.self) { self.method = method.rawValue }
        if let timeout = try object.integer("callbackTimeout") {
            guard timeout > 0 else { throw .invalid("callbackTimeout", "greater than 0") }
            guard timeout <= 10_000 else { throw .invalid("callbackTimeout", "at most 10000") }
            self.timeout = timeout
        }
    }
}

extension PartyName {
    /// Whether a party can be called: a number in E.164, other digits, or a SIP address that is not SIPS.
    static func isDialable(_ text: String) -> Bool {
        let lower = text.lowercased()
        if lower.hasPrefix("sip:") {
            let address = text.dropFirst(4)
            let parts = address.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
            return parts.count == 2 && !parts[0].isEmpty && !parts[1].isEmpty
                && address.utf8.allSatisfy {
                    $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">")
                }
        }
        let digits = text.hasPrefix("+") ? text.dropFirst() : text[...]
        return (1...15).contains(digits.count) && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}

extension DigitGather.Terms {
    /// Longest wait for a digit, in seconds.
    static let longestTimeout = 30

    /// Reads what `POST /calls/{id}/gather` asks for.
    init(_ object: RequestObject) throws(RESTError) {
        self.init()
        maximumDigits = try object.integer("maxDigits", in: 1...Self.mostDigits) ?? Self.mostDigits
        let seconds = try object.integer("interDigitTimeout", in: 1...Self.longestTimeout) ?? 5
        interDigitTimeout = .seconds(seconds)
        if let digits = try object.string("terminatingDigits") {
            guard !digits.isEmpty, digits.uppercased().allSatisfy({ "0123456789*#ABCD".contains($0) }) else {
                throw .invalid("terminatingDigits", "one or more of 0-9, *, #, A-D")
            }
            terminatingDigits = Set(digits.uppercased())
        }
        tag = try object.string("tag")
    }
}

/// What a request about audio wants.
enum PromptRequest: Hashable, Sendable {
    case play(Prompt)
    /// Stop what is spoken, or what is played.
    case stop(isSpoken: Bool)

    /// Longest text that is spoken, in characters.
    static let longestSentence = 1000

    /// Reads what an object asks for beside something else, as the prompt of a gather; nil where there is nothing to hear.
    static func prompt(_ object: RequestObject) throws(RESTError) -> Prompt? {
        guard object.has("fileUrl") || object.has("sentence"), case .play(let prompt) = try PromptRequest(object) else {
            return nil
        }
        return prompt
    }

    /// Reads `fileUrl` or `sentence` and what goes with them.
    init(_ object: RequestObject) throws(RESTError) {
        let file = try object.string("fileUrl")
        let sentence = try object.string("sentence", upTo: Self.longestSentence)
        let content: Prompt.Content
        if let file, !file.isEmpty {
            content = .file(file)
        } else if let sentence, !sentence.isEmpty {
            content = .sentence(sentence, try Self.voice(object))
        } else if file != nil || sentence != nil {
            self = .stop(isSpoken: sentence != nil)
            return
        } else {
            throw .missing("fileUrl", of: object.resource)
        }
        var prompt = Prompt(content)
        if try object.boolean("loopEnabled") == true { prompt.repetitions = nil }
        prompt.volume = try object.integer("volume", in: -4...4) ?? 0
        prompt.tag = try object.string("tag")
        self = .play(prompt)
    }

    private static func voice(_ object: RequestObject) throws(RESTError) -> SpeechVoice {
        let locale = try object.choice("locale", of: SpeechLocale.self)
        let gender = try object.choice("gender", of: SpeechGender.self)
        if let name = try object.string("voice"), !name.isEmpty {
            guard let voice = SpeechVoice(named: name, speaking: locale) else {
                throw .invalid("voice", "one of \(SpeechVoice.all.map(\.name).joined(separator: ", "))")
            }
            return voice
        }
        return SpeechVoice(locale ?? .americanEnglish, gender ?? .female)
    }
}
