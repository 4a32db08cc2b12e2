import RTP
import Timeline

/// Turns digits into RFC 4733 packets: one every 20 ms while the digit lasts, the last one three times.
///
/// The timestamp of all packets of a digit is that of its beginning; only the duration grows (RFC 4733 §2.5.1).
public struct TelephoneEventSender: Equatable, Sendable {
    /// How long digits sound and how long the silence between them is.
    public struct Timing: Hashable, Sendable {
        /// Length of each digit; rounded down to whole packets, at least two of them.
        public var tone: Duration
        /// Silence after each digit.
        public var pause: Duration

        public init(tone: Duration = .milliseconds(100), pause: Duration = .milliseconds(100)) {
            self.tone = tone
            self.pause = pause
        }
    }

    /// `idle` until digits come, `sounding` while one lasts, `ending` during the two repetitions of its last packet,
    /// `pausing` until the next one may begin.
    public enum State: Hashable, Sendable { case idle, sounding, ending, pausing }

    /// What the machine is told.
    public enum Event: Hashable, Sendable {
        /// Plays these event codes after those still waiting.
        case play([UInt8])
        /// Forgets the waiting digits and ends the present one at once.
        case stop
    }

    /// What the session must do.
    public enum Effect: Hashable, Sendable {
        /// Send this event in the next packet of the stream, with this timestamp and marker bit.
        case transmit(TelephoneEvent, timestamp: RTPTimestamp, marker: Bool)
        /// The digit has been sent to its end.
        case finished(code: UInt8)
        /// Everything asked for has been sent, and the last pause is over.
        case idle
    }

    /// Time between two packets of a digit.
    public static let packetInterval: Duration = .milliseconds(20)

    public private(set) var state: State = .idle
    private let timing: Timing
    /// Units of the RTP clock in one interval.
    private let unitsPerPacket: UInt16
    private let origin: Instant
    private let originTimestamp: RTPTimestamp
    private var waiting: [UInt8] = []
    private var present = TelephoneEvent(code: 0, duration: 0)
    private var timestamp: RTPTimestamp
    private var packetsLeft = 0
    private var pauseEnds: Instant = .zero
    private var deadline: Instant?

    /// A sender for a stream whose RTP clock showed `timestamp` at `origin` and ticks `clockRate` times a second.
    public init(
        origin: Instant, timestamp: RTPTimestamp, timing: Timing = Timing(), clockRate: UInt32 = 8000
    ) {
        unitsPerPacket = UInt16(clamping: min(max(clockRate, 50), 96_000) / 50)
        self.origin = origin
        originTimestamp = timestamp
        self.timestamp = timestamp
        self.timing = timing
    }

    /// When `timeElapsed` must be called next; nil while nothing is to be sent.
    public var nextDeadline: Instant? { deadline }

    public mutating func receive(_ event: Event, at now: Instant, into effects: inout [Effect]) {
        switch (state, event) {
        case (.idle, .play(let codes)):
            waiting += codes
            if !waiting.isEmpty { begin(at: tick(after: now), into: &effects) }
        case (.sounding, .play(let codes)), (.ending, .play(let codes)), (.pausing, .play(let codes)):
            waiting += codes
        case (.sounding, .stop):
            waiting.removeAll()
            packetsLeft = min(packetsLeft, 1)
        case (.ending, .stop), (.pausing, .stop), (.idle, .stop):
            waiting.removeAll()
        }
        timeElapsed(at: now, into: &effects)
    }

    public mutating func timeElapsed(at now: Instant, into effects: inout [Effect]) {
        while let due = deadline, due <= now {
            switch state {
            case .idle: deadline = nil
            case .sounding: sound(due, into: &effects)
            case .ending: repeatEnd(due, into: &effects)
            case .pausing:
                if waiting.isEmpty {
                    state = .idle
                    deadline = nil
                    effects.append(.idle)
                } else {
                    begin(at: due, into: &effects)
                }
            }
        }
    }

    /// The first packet time of the stream at or after `now`, so that digits keep the step of the audio.
    private func tick(after now: Instant) -> Instant {
        let interval = Self.packetInterval.nanoseconds
        let elapsed = max((now - origin).nanoseconds, 0)
        let ticks = (elapsed + interval - 1) / interval
        return origin + .nanoseconds(ticks &* interval)
    }

    private mutating func begin(at instant: Instant, into effects: inout [Effect]) {
        timestamp = originTimestamp.advanced(
            by: Int((instant - origin).nanoseconds / Self.packetInterval.nanoseconds) * Int(unitsPerPacket))
        present = TelephoneEvent(code: waiting.removeFirst(), duration: 0)
        packetsLeft = max(Int(clamping: timing.tone.nanoseconds / Self.packetInterval.nanoseconds), 2)
        pauseEnds = instant + Self.packetInterval * packetsLeft + max(timing.pause, Self.packetInterval * 2)
        state = .sounding
        deadline = instant
    }

    private mutating func sound(_ due: Instant, into effects: inout [Effect]) {
        let isFirst = present.duration == 0
        if present.duration > TelephoneEvent.maximumDuration - unitsPerPacket {
            // A segment is full: the next one begins where it ended and has no end packet before it.
            timestamp = timestamp.advanced(by: Int(present.duration))
            present.duration = 0
        }
        present.duration += unitsPerPacket
        packetsLeft -= 1
        present.isEnd = packetsLeft <= 0
        effects.append(.transmit(present, timestamp: timestamp, marker: isFirst))
        deadline = due + Self.packetInterval
        guard present.isEnd else { return }
        pauseEnds = min(pauseEnds, due + Self.packetInterval + max(timing.pause, Self.packetInterval * 2))
        packetsLeft = 2
        state = .ending
    }

    private mutating func repeatEnd(_ due: Instant, into effects: inout [Effect]) {
        effects.append(.transmit(present, timestamp: timestamp, marker: false))
        packetsLeft -= 1
        deadline = due + Self.packetInterval
        guard packetsLeft == 0 else { return }
        effects.append(.finished(code: present.code))
        state = .pausing
        deadline = max(pauseEnds, due + Self.packetInterval)
    }
}
