import XMLReading

/// Reads documents.
enum BXMLReader {
    private static let limits = XMLLimits(bytes: BXMLDocument.maximumBytes, elements: 4096)
    private static let verbs = [
        "Gather", "Hangup", "Pause", "PlayAudio", "SpeakSentence", "SendDtmf", "Record", "Redirect", "Transfer",
    ]

    /// The document that `bytes` hold.
    static func read(_ bytes: [UInt8]) throws(BXMLError) -> BXMLDocument {
        let root: BXMLElement?
        do throws(XMLProblem) {
            root = try XMLDocumentReader.read(bytes, into: BXMLTreeBuilder(), within: limits).root
        } catch {
            throw BXMLError("The document cannot be read: \(error).")
        }
        guard var response = root else { throw BXMLError("The document cannot be read: it is not complete.") }
        if response.name == "xml" {
            try response.expectNoText()
            guard response.children.count == 1 else { throw BXMLError("<xml> must hold one <Response>.") }
            response = response.children[0]
        }
        guard response.name == "Response" else {
            throw BXMLError("The document must be a <Response>, not <\(response.name)>.")
        }
        try response.expectNoText()
        return BXMLDocument(try response.children.map(verb))
    }

    private static func verb(_ element: BXMLElement) throws(BXMLError) -> BXMLVerb {
        switch element.name {
        case "Gather": return .gather(try gather(element))
        case "Hangup": return .hangUp
        case "Pause": return .pause(try pause(element))
        case "PlayAudio": return .play(try audio(element))
        case "SpeakSentence": return .speak(try sentence(element))
        case "SendDtmf": return .sendDigits(try digits(element))
        case "Record": return .record(try recording(element))
        case "Redirect": return .redirect(try element.requiredRequest())
        case "Transfer": return .transfer(try transfer(element))
        case "Call": return .transfer(try call(element))
        case "Conference": return .conference(try conference(element))
        case "Reject":
            let reason = try element.choice("reason", ["busy", "rejected"])
            return .reject(reason.flatMap(BXMLRejection.init) ?? .rejected)
        case "SendMessage":
            return .message(try message(element))
        default:
            throw BXMLError("<\(element.name)> is not a verb; there are \(verbs.joined(separator: ", ")).")
        }
    }

    // MARK: Verbs

    /// One SDK calls the length `duration`.
    private static func pause(_ element: BXMLElement) throws(BXMLError) -> Duration {
        let attribute = element.text("length") == nil ? "duration" : "length"
        return try element.seconds(attribute, 0...3600, default: 1)
    }

    /// One SDK calls the parties `from_number` and `to_number`; elements in it name files that go with the text.
    private static func message(_ element: BXMLElement) throws(BXMLError) -> BXMLMessage {
        func party(_ attribute: String) throws(BXMLError) -> String {
            if let number = element.text("\(attribute)_number") { return number }
            return try element.required(attribute)
        }
        return BXMLMessage(element.text.withoutOuterBlanks, from: try party("from"), to: try party("to"))
    }

    private static func gather(_ element: BXMLElement) throws(BXMLError) -> BXMLGather {
        var gather = BXMLGather(try element.requiredRequest())
        gather.terminatingDigits = try element.digits("terminatingDigits") ?? gather.terminatingDigits
        gather.maximumDigits = try element.number("maxDigits", 1...128, default: 128)
        gather.interDigitTimeout = try element.seconds("interDigitTimeout", 1...3600, default: 5)
        gather.tag = element.attributes["tag"]
        try element.expectNoText()
        for child in element.children { gather.prompts.append(try prompt(child, in: element)) }
        return gather
    }

    private static func transfer(_ element: BXMLElement) throws(BXMLError) -> BXMLTransfer {
        var transfer = try transferring(element, to: element.text("transferTo"), timeout: "callTimeout")
        transfer.callerID = element.text("transferCallerId")
        transfer.diversionTreatment =
            try element.choice("diversionTreatment", ["none", "propagate", "stack"]) ?? transfer.diversionTreatment
        transfer.diversionReason =
            try element.choice("diversionReason", diversionReasons) ?? transfer.diversionReason
        return transfer
    }

    /// The older verb, which names the same things otherwise.
    private static func call(_ element: BXMLElement) throws(BXMLError) -> BXMLTransfer {
        var transfer = try transferring(element, to: element.text("to"), timeout: "timeout")
        transfer.callerID = element.text("from")
        return transfer
    }

    private static func transferring(
        _ element: BXMLElement, to target: String?, timeout: String
    ) throws(BXMLError) -> BXMLTransfer {
        var transfer = BXMLTransfer(target.map { [$0] } ?? [])
        transfer.callTimeout = try element.seconds(timeout, 1...300, default: 60)
        transfer.request = try element.request()
        transfer.tag = element.attributes["tag"]
        try element.expectNoText()
        for child in element.children {
            switch child.name {
            case "PhoneNumber": transfer.targets.append(try content(of: child))
            case "Record": transfer.recording = try recording(child)
            default: transfer.prompts.append(try prompt(child, in: element))
            }
        }
        guard !transfer.targets.isEmpty else {
            throw BXMLError("<\(element.name)> needs a number to call: an attribute or <PhoneNumber>.")
        }
        guard transfer.targets.count <= 7 else {
            throw BXMLError("<\(element.name)> calls at most 7 numbers, not \(transfer.targets.count).")
        }
        return transfer
    }

    private static func recording(_ element: BXMLElement) throws(BXMLError) -> BXMLRecording {
        var recording = BXMLRecording()
        recording.request = try element.request()
        let format = try element.choice("fileFormat", ["wav", "mp3"])
        recording.format = format.flatMap(BXMLRecording.Format.init) ?? .wav
        recording.isMultiChannel = try element.isTrue("multiChannel")
        recording.maximumDuration = try element.seconds("maxDuration", 1...3600, default: 60)
        recording.silenceTimeout = try element.seconds("silenceTimeout", 0...60, default: 3)
        if element.text("silenceThreshold") != nil {
            recording.silenceThreshold = try element.number("silenceThreshold", 0...32_767, default: 100)
        }
        recording.terminatingDigits = try element.digits("terminatingDigits") ?? ""
        if try element.isTrue("transcribe") {
            guard recording.format == .wav else { throw BXMLError("<Record> transcribes fileFormat wav only.") }
            recording.transcriptionURL = try element.required("transcribeCallbackUrl")
        }
        return recording
    }

    private static func conference(_ element: BXMLElement) throws(BXMLError) -> BXMLConference {
        var conference = BXMLConference(from: try element.required("from"))
        conference.statusCallbackURL = element.text("statusCallbackUrl")
        conference.joinTone = try element.isTrue("joinTone")
        conference.leavingTone = try element.isTrue("leavingTone")
        conference.isMuted = try element.isTrue("mute")
        conference.isHeld = try element.isTrue("hold")
        conference.tag = element.attributes["tag"]
        return conference
    }

    // MARK: What is heard

    private static func prompt(_ element: BXMLElement, in parent: BXMLElement) throws(BXMLError) -> BXMLPrompt {
        switch element.name {
        case "SpeakSentence": .speak(try sentence(element))
        case "PlayAudio": .play(try audio(element))
        default: throw BXMLError("<\(element.name)> may not stand in <\(parent.name)>.")
        }
    }

    private static func sentence(_ element: BXMLElement) throws(BXMLError) -> BXMLSentence {
        var sentence = BXMLSentence(try element.content())
        sentence.gender = try element.choice("gender", ["female", "male"]) ?? sentence.gender
        sentence.locale = try element.choice("locale", locales) ?? sentence.locale
        sentence.voice = try element.choice("voice", voices)
        sentence.volume = try element.number("volume", -4...4, default: 0)
        return sentence
    }

    private static func audio(_ element: BXMLElement) throws(BXMLError) -> BXMLAudio {
        var audio = BXMLAudio(try content(of: element))
        audio.volume = try element.number("volume", -4...4, default: 0)
        audio.repeatCount = try element.number("repeatCount", 1...30, default: 1)
        audio.delayBeforeRepeat = try element.seconds("delayBeforeRepeat", 0...60, default: 0)
        return audio
    }

    private static func digits(_ element: BXMLElement) throws(BXMLError) -> String {
        let text = try content(of: element)
        let digits = text.map { "abcd".contains($0) ? Character($0.uppercased()) : $0 }
        guard digits.count <= 92 else {
            throw BXMLError("<SendDtmf> takes at most 92 characters, not \(digits.count).")
        }
        guard digits.allSatisfy({ "0123456789ABCD*#,wW".contains($0) }) else {
            throw BXMLError("<SendDtmf> takes 0-9, A-D, *, #, and for pauses a comma, w and W.")
        }
        return String(digits)
    }

    /// As `content`, where there must be some.
    private static func content(of element: BXMLElement) throws(BXMLError) -> String {
        let text = try element.content()
        guard !text.isEmpty else { throw BXMLError("<\(element.name)> is empty.") }
        return text
    }

    private static let locales = ["en_US", "en_UK", "es", "es_MX", "fr", "fr_FR", "de", "de_DE", "it", "it_IT"]
    private static let voices = [
        "kate", "susan", "julie", "dave", "paul", "bridget", "simon", "esperanza", "violeta", "jorge", "jolie",
        "bernard", "katrin", "stefan", "paola", "luca",
    ]
    private static let diversionReasons = [
        "unknown", "user-busy", "no-answer", "unavailable", "unconditional", "time-of-day", "do-not-disturb",
        "deflection", "follow-me", "out-of-service", "away",
    ]
}
