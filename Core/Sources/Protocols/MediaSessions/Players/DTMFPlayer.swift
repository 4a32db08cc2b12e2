import Audio
import RTP
import Timeline

/// Sends digits to a party, as telephone events, SIP INFO or tones (the DTMFPlayer of document 004).
///
/// It moves on the packet times of the party's stream: `tick` is called at each of them while it plays.
public struct DTMFPlayer: Equatable, Sendable {
    /// What the player does; `error` is left by the next job.
    public enum State: Hashable, Sendable { case playing, idle, error }

    /// Why the last job ended.
    public enum Cause: Hashable, Sendable, CaseIterable {
        /// A digit was refused by the other side, or could not be sent.
        case error
        case normal
        case hangup
        /// A digit was not confirmed in time, or the stream stood still.
        case timeout
        /// A job is in progress, or there was none.
        case none
    }

    /// How digits travel.
    public enum Transport: Hashable, Sendable {
        /// RFC 4733.
        case telephoneEvents
        /// SIP INFO with application/dtmf-relay; signalling confirms each digit with `infoAnswered`.
        case info
        /// Two tones in the audio.
        case inBand
    }

    /// What the player is told.
    public enum Event: Sendable {
        /// Sends digits, checked by `check` before.
        case play([UInt8], Transport)
        /// The other side answered the INFO of a digit; false where it refused.
        case infoAnswered(isAccepted: Bool)
        /// Forgets the digits that wait; the one under way is ended properly, and the job with it.
        case stop
        case hangUp
    }

    /// What the session must do.
    public enum Effect: Hashable, Sendable {
        /// Send this event in the stream's next packet.
        case transmit(TelephoneEvent, timestamp: RTPTimestamp, marker: Bool)
        /// Send INFO with this digit.
        case inform(digit: UInt8, duration: Duration)
        case finished(Cause)
    }

    /// Most characters of a job.
    public static let maximumLength = 32
    /// How long a comma delays the digits after it.
    public static let commaPause: Duration = .milliseconds(500)
    /// How long an INFO may stay without answer.
    public static let answerLimit: Duration = .seconds(32)
    /// How much longer than its digits take a job may last.
    private static let slack: Duration = .seconds(10)

    public private(set) var state: State = .idle
    public private(set) var cause: Cause = .none
    private let timing: TelephoneEventSender.Timing
    private let clockRate: UInt32
    private var transport: Transport = .telephoneEvents
    private var waiting: ArraySlice<UInt8> = []
    private var sender: TelephoneEventSender?
    private var tone: ToneGenerator?
    /// When the next character may be taken.
    private var resume = Instant.zero
    /// How many INFO are unanswered.
    private var unanswered = 0
    private var deadline: Instant?

    /// A player for a stream whose RTP clock has `clockRate` hertz.
    public init(timing: TelephoneEventSender.Timing = TelephoneEventSender.Timing(), clockRate: UInt32 = 8000) {
        self.timing = timing
        self.clockRate = clockRate
    }

    /// Whether its digits take the place of audio in the stream.
    public var isInStream: Bool { state == .playing && transport != .info }

    /// When `timeElapsed` must be called next; nil while nothing is played.
    public var nextDeadline: Instant? { deadline }

    /// Whether digits can be played as they are: at most 32 of `0123456789ABCD*#` and commas.
    public static func check(_ digits: [UInt8]) throws(MediaRefusal) {
        guard digits.count <= maximumLength else { throw .tooLong(digits.count) }
        for digit in digits where digit != UInt8(ascii: ",") && !DTMFKeypad.digits.contains(digit) {
            throw .invalidCharacter(digit)
        }
    }

    public mutating func receive(_ event: Event, at now: Instant, into effects: inout [Effect]) {
        switch (state, event) {
        case (.idle, .play(let digits, let transport)), (.error, .play(let digits, let transport)):
            begin(digits, transport, at: now, into: &effects)
        case (.playing, .infoAnswered(let isAccepted)):
            guard isAccepted else { return end(.error, into: &effects) }
            unanswered = max(unanswered - 1, 0)
        case (.playing, .stop): stop(at: now, into: &effects)
        case (.playing, .hangUp): end(.hangup, into: &effects)
        case (.playing, .play), (.idle, .infoAnswered), (.idle, .stop), (.idle, .hangUp): break
        case (.error, .infoAnswered), (.error, .stop), (.error, .hangUp): break
        }
    }

    public mutating func timeElapsed(at now: Instant, into effects: inout [Effect]) {
        if let deadline, deadline <= now { end(.timeout, into: &effects) }
    }

    /// One packet time of the stream, whose RTP clock shows `timestamp`. Appends the tones of an in-band digit to
    /// `frame` by overwriting it; whether it did.
    public mutating func tick(
        _ due: Instant, timestamp: RTPTimestamp, frame: inout [Int16], into effects: inout [Effect]
    ) -> Bool {
        guard state == .playing else { return false }
        advanceSender(due, into: &effects)
        if tone?.isFinished ?? false { tone = nil }
        while state == .playing, sender == nil, tone == nil, due >= resume {
            guard let next = waiting.first else {
                if unanswered == 0 { end(.normal, into: &effects) }
                return false
            }
            take(next, due, timestamp, into: &effects)
        }
        guard tone != nil else { return false }
        tone?.fill(&frame)
        return true
    }

    private mutating func advanceSender(_ due: Instant, into effects: inout [Effect]) {
        guard sender != nil else { return }
        var sent: [TelephoneEventSender.Effect] = []
        sender?.timeElapsed(at: due, into: &sent)
        translate(sent, into: &effects)
    }

    private mutating func translate(_ sent: [TelephoneEventSender.Effect], into effects: inout [Effect]) {
        for effect in sent {
            switch effect {
            case .transmit(let event, let timestamp, let marker):
                effects.append(.transmit(event, timestamp: timestamp, marker: marker))
            case .finished: break
            case .idle: sender = nil
            }
        }
    }

    private mutating func take(
        _ character: UInt8, _ due: Instant, _ timestamp: RTPTimestamp, into effects: inout [Effect]
    ) {
        guard character != UInt8(ascii: ",") else {
            waiting.removeFirst()
            resume = due + Self.commaPause
            return
        }
        switch transport {
        case .telephoneEvents:
            let run = waiting.prefix { $0 != UInt8(ascii: ",") }
            waiting = waiting.dropFirst(run.count)
            var sender = TelephoneEventSender(
                origin: due, timestamp: timestamp, timing: timing, clockRate: clockRate)
            var sent: [TelephoneEventSender.Effect] = []
            sender.receive(.play(run.compactMap(TelephoneEvent.code(of:))), at: due, into: &sent)
            self.sender = sender
            translate(sent, into: &effects)
        case .info:
            waiting.removeFirst()
            unanswered += 1
            deadline = max(deadline ?? due, due + Self.answerLimit)
            resume = due + timing.tone + timing.pause
            effects.append(.inform(digit: character, duration: timing.tone))
        case .inBand:
            waiting.removeFirst()
            tone = TonePlan.digit(character, tone: timing.tone, pause: timing.pause).map(ToneGenerator.init)
        }
    }

    private mutating func begin(
        _ digits: [UInt8], _ transport: Transport, at now: Instant, into effects: inout [Effect]
    ) {
        self.transport = transport
        waiting = digits[...]
        unanswered = 0
        resume = now
        cause = .none
        state = .playing
        deadline = now + (timing.tone + timing.pause + Self.commaPause) * digits.count + Self.slack
    }

    private mutating func stop(at now: Instant, into effects: inout [Effect]) {
        waiting = []
        tone = nil
        resume = now
        unanswered = 0
        guard sender != nil else { return end(.normal, into: &effects) }
        // An event without its end would sound on at the other side.
        var sent: [TelephoneEventSender.Effect] = []
        sender?.receive(.stop, at: now, into: &sent)
        translate(sent, into: &effects)
    }

    private mutating func end(_ cause: Cause, into effects: inout [Effect]) {
        self.cause = cause
        state = cause == .error ? .error : .idle
        waiting = []
        sender = nil
        tone = nil
        deadline = nil
        effects.append(.finished(cause))
    }
}
