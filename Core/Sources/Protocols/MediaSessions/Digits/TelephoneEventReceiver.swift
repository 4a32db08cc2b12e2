import RTP
import Timeline

/// Turns received RFC 4733 packets into digits, each exactly once, however the packets were lost, doubled or reordered.
///
/// An event is known by source, timestamp and code; neither the marker nor the end bit is relied on
/// (RFC 4733 §2.5.2.2).
public struct TelephoneEventReceiver: Equatable, Sendable {
    /// One received packet.
    public struct Packet: Hashable, Sendable {
        /// The stream's source.
        public var source: SSRC
        /// The packet's timestamp: when the event, or its segment, began.
        public var timestamp: RTPTimestamp
        /// The payload.
        public var event: TelephoneEvent

        public init(source: SSRC, timestamp: RTPTimestamp, event: TelephoneEvent) {
            self.source = source
            self.timestamp = timestamp
            self.event = event
        }
    }

    /// What the session learns.
    public enum Effect: Hashable, Sendable {
        /// An event has begun; comes once, with its first packet.
        case began(code: UInt8)
        /// The event is over after `duration` units of the RTP clock; comes once, after `began`.
        case ended(code: UInt8, duration: UInt32)
    }

    private struct Key: Hashable, Sendable {
        var source: SSRC
        var timestamp: RTPTimestamp
        var code: UInt8
    }

    private struct Present: Equatable, Sendable {
        var key: Key
        /// Units of earlier segments of a long event.
        var before: UInt32
        var duration: UInt16
        var deadline: Instant
    }

    /// An event without an end packet is over after so long without any: three of the longest update intervals.
    public static let silenceLimit: Duration = .milliseconds(150)
    /// How many past events are remembered, so that their late packets are known again.
    public static let memory = 16

    private var present: Present?
    private var past: [Key] = []
    private var nextPast = 0

    public init() {}

    /// Whether an event has begun and not ended.
    public var isSounding: Bool { present != nil }

    /// When `timeElapsed` must be called next; nil while no event is in progress.
    public var nextDeadline: Instant? { present?.deadline }

    /// Takes a packet in whatever order the network delivers.
    public mutating func receive(_ packet: Packet, at now: Instant, into effects: inout [Effect]) {
        let key = Key(source: packet.source, timestamp: packet.timestamp, code: packet.event.code)
        guard !past.contains(key) else { return }
        if let current = present, current.key != key {
            if isContinuation(key, of: current) {
                remember(current.key)
                present?.key = key
                present?.before &+= UInt32(current.duration)
                present?.duration = 0
            } else {
                end(into: &effects)
            }
        }
        if present == nil {
            effects.append(.began(code: key.code))
            present = Present(key: key, before: 0, duration: 0, deadline: now)
        }
        present?.deadline = now + Self.silenceLimit
        if let known = present?.duration, packet.event.duration > known { present?.duration = packet.event.duration }
        if packet.event.isEnd { end(into: &effects) }
    }

    public mutating func timeElapsed(at now: Instant, into effects: inout [Effect]) {
        if let current = present, current.deadline <= now { end(into: &effects) }
    }

    /// A segment of a long event begins where the segment before it ended (RFC 4733 §2.5.1.3); a loss at the seam is
    /// forgiven, for no sender makes a pause as short as two packets.
    private func isContinuation(_ key: Key, of current: Present) -> Bool {
        guard key.source == current.key.source, key.code == current.key.code else { return false }
        let distance = key.timestamp.distance(from: current.key.timestamp)
        return current.duration > 0xF000 && distance >= Int(current.duration) && distance <= 0x1_0000
    }

    private mutating func end(into effects: inout [Effect]) {
        guard let current = present.take() else { return }
        remember(current.key)
        effects.append(.ended(code: current.key.code, duration: current.before &+ UInt32(current.duration)))
    }

    private mutating func remember(_ key: Key) {
        if past.count < Self.memory {
            past.append(key)
        } else {
            past[nextPast] = key
            nextPast = (nextPast + 1) % Self.memory
        }
    }
}
