import BXML
import CallEvents
import VoiceApplications

extension Prompt {
    /// A sentence of a document; events about it are not told.
    init(_ sentence: BXMLSentence) {
        let locale = SpeechLocale.allCases.first { $0.rawValue == sentence.locale }
        let gender = SpeechGender.allCases.first { $0.rawValue == sentence.gender }
        let named = sentence.voice.flatMap { SpeechVoice(named: $0, speaking: locale) }
        self.init(
            .sentence(sentence.text, named ?? SpeechVoice(locale ?? .americanEnglish, gender ?? .female)))
        volume = sentence.volume
        isTold = false
    }

    /// A file of a document, whose address is `url`; events about it are not told.
    init(_ audio: BXMLAudio, url: String) {
        self.init(.file(url))
        repetitions = audio.repeatCount
        volume = audio.volume
        isTold = false
    }
}

extension Prompt {
    /// What a callee hears first; the addresses of files are absolute.
    init(_ prompt: BXMLPrompt) {
        switch prompt {
        case .speak(let sentence): self.init(sentence)
        case .play(let audio): self.init(audio, url: audio.url)
        }
    }
}

extension CallEventContent {
    /// The event that a document's request tells about a call; `callee` is the call that a transfer placed.
    init(_ callback: BXMLCallback, _ call: EventCall, _ callee: EventCall?) {
        switch callback {
        case .gather(let digits, let reason, let terminator, let tag):
            var event = GatherEvent(
                call, gather: ResourceID.gather.make(), GatherEvent.Reason(reason), digits: digits, tag: tag)
            event.isBXML = true
            event.terminatingDigit = terminator
            self = .gather(event)
        case .redirect: self = .redirect(RedirectEvent(call))
        case .transferComplete(let tag):
            var transferred = call
            if let callee { (transferred.from, transferred.to) = (callee.from, callee.to) }
            self = .transferComplete(TransferCompleteEvent(transferred, tag: tag))
        }
    }
}

extension GatherEvent.Reason {
    init(_ reason: BXMLGatherReason) {
        switch reason {
        case .maximumDigits: self = .maxDigits
        case .terminatingDigit: self = .terminatingDigit
        case .interDigitTimeout: self = .interDigitTimeout
        case .hungUp: self = .hungUp
        }
    }
}
