import MediaSessions
import RTP
import Timeline

/// The digits of a stream, one packet at a time in the place of its audio.
package struct DigitDial: Sendable {
    /// What the packet that is due carries.
    package typealias Packet = (event: TelephoneEvent, timestamp: RTPTimestamp, marker: Bool)

    /// Whether digits, or the pause after them, still last.
    package private(set) var isDialling = false
    private var sender: TelephoneEventSender

    /// Digits of a stream whose RTP clock showed `timestamp` at `origin`.
    package init(
        origin: Instant, timestamp: RTPTimestamp, timing: TelephoneEventSender.Timing = TelephoneEventSender.Timing()
    ) {
        sender = TelephoneEventSender(origin: origin, timestamp: timestamp, timing: timing)
    }

    /// Begins with these event codes; the first packet, where it is due at once.
    package mutating func begin(_ codes: [UInt8], at due: Instant) -> Packet? {
        isDialling = !codes.isEmpty
        var effects: [TelephoneEventSender.Effect] = []
        sender.receive(.play(codes), at: due, into: &effects)
        return packet(of: effects)
    }

    /// The packet that is due; nil where the audio may have its place.
    package mutating func next(at due: Instant) -> Packet? {
        guard isDialling else { return nil }
        var effects: [TelephoneEventSender.Effect] = []
        sender.timeElapsed(at: due, into: &effects)
        return packet(of: effects)
    }

    private mutating func packet(of effects: [TelephoneEventSender.Effect]) -> Packet? {
        var packet: Packet?
        for effect in effects {
            switch effect {
            case .transmit(let event, let timestamp, let marker): packet = (event, timestamp, marker)
            case .finished: break
            case .idle: isDialling = false
            }
        }
        return packet
    }
}
