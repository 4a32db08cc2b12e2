/// One step of a call.
public enum BXMLVerb: Equatable, Sendable {
    case gather(BXMLGather)
    case hangUp
    /// Nothing for so long.
    case pause(Duration)
    case play(BXMLAudio)
    case speak(BXMLSentence)
    /// At most 92 of `0123456789ABCD*#`, `,` and `w` for half a second, `W` for a second.
    case sendDigits(String)
    case record(BXMLRecording)
    /// The reply to this request is the next document.
    case redirect(BXMLRequest)
    /// Also the older verb Call.
    case transfer(BXMLTransfer)
    case reject(BXMLRejection)
    case conference(BXMLConference)
    case message(BXMLMessage)
}

/// A request that tells an event and may be answered with a document.
public struct BXMLRequest: Equatable, Sendable {
    /// Absolute, or relative to the address that the document came from.
    public var url: String
    /// How long the answer may take.
    public var timeout: Duration

    public init(_ url: String, timeout: Duration = .seconds(30)) {
        self.url = url
        self.timeout = timeout
    }
}

/// Text that is spoken.
public struct BXMLSentence: Equatable, Sendable {
    public var text: String
    /// `female` or `male`.
    public var gender = "female"
    /// As `en_US`.
    public var locale = "en_US"
    /// In small letters; nil where the document names none.
    public var voice: String?
    /// −4 to 4.
    public var volume = 0

    public init(_ text: String) { self.text = text }
}

/// A file that is played.
public struct BXMLAudio: Equatable, Sendable {
    /// Of a WAV or MP3 file.
    public var url: String
    /// −4 to 4.
    public var volume = 0
    /// How many times, 1 to 30.
    public var repeatCount = 1
    /// Time for digits after each time, where there are several inside of a Gather.
    public var delayBeforeRepeat = Duration.zero

    public init(_ url: String) { self.url = url }
}

/// What is heard while something else is waited for.
public enum BXMLPrompt: Equatable, Sendable {
    case speak(BXMLSentence)
    case play(BXMLAudio)
}

/// Collects digits.
public struct BXMLGather: Equatable, Sendable {
    public var request: BXMLRequest
    /// Each of them ends the gather; empty for none.
    public var terminatingDigits = "#"
    /// 1 to 128, a terminating one not counted.
    public var maximumDigits = 128
    /// Also the time for the first one, after the prompts.
    public var interDigitTimeout = Duration.seconds(5)
    public var tag: String?
    public var prompts: [BXMLPrompt] = []

    public init(_ request: BXMLRequest) { self.request = request }
}

/// Records the party on the line; inside of a transfer, both.
public struct BXMLRecording: Equatable, Sendable {
    /// The format of the file.
    public enum Format: String, Equatable, Sendable { case wav, mp3 }

    /// Where the recording event goes; nil for the call's own address.
    public var request: BXMLRequest?
    public var format = Format.wav
    /// Where the text of the recording goes; nil where none was asked for.
    public var transcriptionURL: String?
    /// Each party on a channel of its own, inside of a transfer.
    public var isMultiChannel = false
    /// 1 to 3600 s.
    public var maximumDuration = Duration.seconds(60)
    /// At most 60 s.
    public var silenceTimeout = Duration.seconds(3)
    /// What is quieter counts as silence, in 16-bit sample units, root mean square; nil where the document says nothing:
    /// then the noise of the line decides.
    public var silenceThreshold: Int?
    /// Each of them ends the recording.
    public var terminatingDigits = ""

    public init() {}
}

/// Calls somebody and joins the two.
public struct BXMLTransfer: Equatable, Sendable {
    /// One to seven numbers or SIP addresses; the first to answer is joined.
    public var targets: [String]
    /// What they are shown as the caller; nil for the caller's number.
    public var callerID: String?
    /// 1 to 300 s for an answer.
    public var callTimeout = Duration.seconds(60)
    /// Told when the callee has gone; its reply may be the next document.
    public var request: BXMLRequest?
    public var tag: String?
    /// What becomes of Diversion: `none`, `propagate` or `stack`.
    public var diversionTreatment = "none"
    /// The reason that `stack` adds.
    public var diversionReason = "unknown"
    /// What the callee hears before the two are joined.
    public var prompts: [BXMLPrompt] = []
    public var recording: BXMLRecording?

    public init(_ targets: [String]) { self.targets = targets }
}

/// Puts the call into a conference.
public struct BXMLConference: Equatable, Sendable {
    /// The number that hosts it; calls that name the same one meet.
    public var from: String
    public var statusCallbackURL: String?
    public var joinTone = false
    public var leavingTone = false
    public var isMuted = false
    public var isHeld = false
    public var tag: String?

    public init(from: String) { self.from = from }
}

/// How a call is refused.
public enum BXMLRejection: String, Equatable, Sendable {
    case busy, rejected
}

/// A text message.
public struct BXMLMessage: Equatable, Sendable {
    public var from: String
    public var to: String
    public var text: String

    public init(_ text: String, from: String, to: String) {
        self.text = text
        self.from = from
        self.to = to
    }
}
