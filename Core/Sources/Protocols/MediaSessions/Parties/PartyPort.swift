import Audio
import Timeline

/// Names one job of one party, so that its end is not taken for that of the next; chosen by the application's side.
public struct MediaJobID: Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// Names one conference room of a media shard; chosen by the signalling side.
public struct RoomID: Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// What a party says and hears in its room.
public struct RoomTerms: Equatable, Sendable {
    /// What a party can hear in a room.
    public enum Hearing: Equatable, Sendable {
        /// All others, and what is announced.
        case room
        case nothing
        /// A tone, again and again.
        case tone(TonePlan)
        /// Clips, again and again.
        case clips([AudioClip])
    }

    /// Whether the others hear it.
    public var isHeard: Bool
    public var hearing: Hearing
    public var levels = RoomLevels()

    public init(isHeard: Bool = true, _ hearing: Hearing = .room) {
        self.isHeard = isHeard
        self.hearing = hearing
    }
}

/// Who asks for something to be played.
public enum PlayPurpose: Hashable, Sendable, BitwiseCopyable {
    /// An application: only in an answered call without another audio source.
    case application
    /// The switch itself: ringing tones before the answer, early media, tones of a transfer, announcements of a room.
    case signalling
}

/// What can be stopped, paused or reported as broken.
public enum MediaFunction: Hashable, Sendable, BitwiseCopyable, CaseIterable {
    case filePlayer, tonePlayer, dtmfPlayer, fileRecorder, wholeCallRecorder, digitCollector, farEndDetector
}

/// What an application or the signalling side asks of a party's media; carried out in order.
public enum PartyCommand: Sendable {
    /// Where the party's audio goes, and in which codecs; from each offer or answer.
    case describe(MediaStreamTarget, AudioAgreement)
    /// How far the call is. `idle` ends every job with its hang-up cause.
    case condition(CallCondition)
    /// Ends with `played`.
    case play(MediaJobID, FilePlayer.Job, PlayPurpose)
    /// Ends with `tonePlayed`.
    case playTone(MediaJobID, TonePlan, timeout: Duration?, PlayPurpose)
    /// Sends digits; ends with `digitsPlayed`.
    case playDigits(MediaJobID, [UInt8])
    /// The other side answered the INFO of a digit.
    case infoAnswered(isAccepted: Bool)
    case stop(MediaFunction)
    case pause(MediaFunction)
    case resume(MediaFunction)
    /// A file cannot be read or written.
    case fail(MediaFunction)
    /// Ends with `collected`.
    case collect(MediaJobID, DigitRequest)
    case clearDigits
    /// A digit came by SIP INFO.
    case digit(UInt8)
    /// Gives `write` and ends with `recorded`; a beep is heard before it begins.
    case record(MediaJobID, RecordingOptions, beep: TonePlan?)
    /// Gives `write` and ends with `callRecorded`.
    case recordCall(MediaJobID, RecordingOptions, WholeCallRecorder.Channels)
    /// Whether `activity` is reported.
    case watchActivity(isOn: Bool)
    /// Whether tones of failure are looked for, before the answer; the first one is reported by `failureTone`.
    case watchProgress(isOn: Bool)
    /// Whether digits are looked for in the audio, whatever was agreed.
    case hearTones(isOn: Bool)
    /// Ends with `classified`.
    case classify(MediaJobID, FarEndClassifier.Start, timeout: Duration)
    /// Ends with `answerMachine`.
    case waitForAnswerMachine(MediaJobID, AnswerMachineWait.Settings)
    /// Joins the audio of two parties; answered by `connected` or `refused`.
    case connect(MediaJobID, MediaSessionID)
    case disconnect
    /// Sends back to the party what comes from it; answered by `connected` or `refused`, ended by `disconnect`.
    case echo(MediaJobID)
    /// Enters a room, which is made if it does not exist; answered by `joined` or `refused`.
    case join(MediaJobID, RoomID, RoomTerms)
    case leave
    /// What the party says and hears in its room from now on.
    case setTerms(RoomTerms)
    /// Ends everything; answered by `closed`.
    case close
}

extension PartyCommand {
    /// The job that it begins, if it begins one.
    public var job: MediaJobID? {
        switch self {
        case .play(let job, _, _), .playTone(let job, _, _, _), .playDigits(let job, _), .collect(let job, _),
            .record(let job, _, _), .recordCall(let job, _, _), .classify(let job, _, _),
            .waitForAnswerMachine(let job, _), .connect(let job, _), .join(let job, _, _), .echo(let job):
            job
        case .describe, .condition, .infoAnswered, .stop, .pause, .resume, .fail, .clearDigits, .digit, .watchActivity,
            .watchProgress, .hearTones, .disconnect, .leave, .setTerms, .close:
            nil
        }
    }
}

/// What a party's media report.
public enum PartyEvent: Equatable, Sendable {
    case refused(MediaJobID, MediaRefusal)
    case played(MediaJobID, FilePlayer.Cause)
    case tonePlayed(MediaJobID, TonePlayer.Cause)
    case digitsPlayed(MediaJobID, DTMFPlayer.Cause)
    /// Send SIP INFO with this digit, and say `infoAnswered`.
    case inform(digit: UInt8, duration: Duration)
    /// A new digit was heard; it is in the buffer, too.
    case digit(UInt8, DTMFDetector.Way)
    case collected(MediaJobID, [UInt8], DigitCollector.Cause)
    /// Write these bytes at this offset of the job's file, in the order in which they come.
    case write(MediaJobID, [UInt8], offset: Int)
    case recorded(MediaJobID, FileRecorder.Cause, duration: Duration, hasAudio: Bool)
    case callRecorded(MediaJobID, WholeCallRecorder.Cause, duration: Duration, hasAudio: Bool)
    /// The party began or ceased to speak.
    case activity(isActive: Bool)
    /// A tone says that the call has failed.
    case failureTone(FailureToneDetector.Tone)
    case classified(MediaJobID, FarEndClassifier.FarEnd)
    case answerMachine(MediaJobID, isReady: Bool)
    case connected(MediaJobID)
    /// The party that this one was connected to is gone, or took its audio back.
    case disconnected(from: MediaSessionID)
    /// The room has ended.
    case roomEnded(RoomID)
    case joined(MediaJobID, RoomID)
    case closed(MediaStatistics)
}

/// What is asked of a room.
public enum RoomCommand: Sendable {
    /// Makes a party without a port that is in the room: what it is played the room hears, and it hears the room. A
    /// party that is connected to it takes part in its place. Answered by `joined` or `refused`.
    case open(MediaSessionID, MediaJobID, RoomTerms)
    /// Everybody in the room hears this after what was announced before; answered by `announced`.
    case announce(MediaJobID, FilePlayer.Job)
    /// Ends what is announced, and what waits to be.
    case silence
    /// Everybody leaves; each party is told `roomEnded`.
    case end
}

/// What a room reports.
public enum RoomEvent: Equatable, Sendable {
    case announced(MediaJobID, FilePlayer.Cause)
}

/// When digits are looked for in the audio.
public enum ToneHearing: Hashable, Sendable, BitwiseCopyable {
    case never
    /// Where no telephone events were agreed.
    case withoutEvents
    case always
}

/// How a party's media begin.
public struct PartySettings: Sendable {
    /// How long digits are that are sent, and the silence after each.
    public var digitTiming: TelephoneEventSender.Timing
    /// How digits are sent; telephone events only to a party that takes them.
    public var digits: DTMFPlayer.Transport
    /// How digits are sent to a party that takes no telephone events.
    public var digitFallback: DTMFPlayer.Transport
    /// When digits are looked for in the audio.
    public var toneHearing: ToneHearing
    /// Whether silence is sent while nothing is played, which keeps the way through NATs open.
    public var sendsSilence: Bool
    /// The name in our reports.
    public var canonicalName: [UInt8]
    /// NTP time, seconds and 2⁻³² seconds, at the origin of `Instant`; zero where no wall clock is known
    /// (RFC 3550 §6.4.1).
    public var ntpOrigin: UInt64

    public init() {
        digitTiming = TelephoneEventSender.Timing()
        digits = .telephoneEvents
        digitFallback = .inBand
        toneHearing = .withoutEvents
        sendsSilence = true
        canonicalName = Array("martlet".utf8)
        ntpOrigin = 0
    }
}
