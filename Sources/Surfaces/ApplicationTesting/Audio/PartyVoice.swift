import Audio
import MediaSessions
import RTP
import TestPhone
import Timeline

/// What a party sends in one call: a packet every 20 ms, of silence where there is nothing to say.
struct PartyVoice {
    private enum Piece {
        case samples([Int16])
        case digits([UInt8])
    }

    var agreement: MediaAgreement
    private let source: SSRC
    private var sequence: UInt16
    private let origin: Instant
    private let originTimestamp: RTPTimestamp
    private var tick = 0
    private var pieces: [Piece] = []
    private var position = 0
    private var digits: DigitDial

    init(_ agreement: MediaAgreement, at now: Instant, dice: inout IdentifierSource) {
        self.agreement = agreement
        source = SSRC(rawValue: UInt32(truncatingIfNeeded: dice.next()))
        sequence = UInt16(truncatingIfNeeded: dice.next() & 0x7FFF)
        origin = now
        originTimestamp = RTPTimestamp(rawValue: UInt32(truncatingIfNeeded: dice.next()))
        digits = DigitDial(origin: now, timestamp: originTimestamp)
    }

    /// When the next packet is due.
    var nextDeadline: Instant { origin + AudioFrame.duration * tick }

    /// Whether everything that was to be said and dialled has been sent.
    var isSilent: Bool { pieces.isEmpty && !digits.isDialling }

    mutating func say(_ samples: [Int16]) { pieces.append(.samples(samples)) }
    mutating func press(_ digits: [UInt8]) { pieces.append(.digits(digits.compactMap(TelephoneEvent.code))) }

    /// Ends what is being said.
    mutating func hush() {
        pieces = []
        position = 0
    }

    /// The packet that is due; nil while the other side wants none.
    mutating func nextPacket() -> [UInt8]? {
        let due = nextDeadline
        tick += 1
        let event = nextEvent(due)
        guard agreement.remote != nil, !agreement.isHeld else { return nil }
        defer { sequence &+= 1 }
        if let event, let payloadType = agreement.eventPayloadType {
            return RTPDatagram(
                payloadType: payloadType, marker: event.marker, sequence: sequence, timestamp: event.timestamp,
                source: source, payload: event.event.payload
            ).bytes
        }
        return RTPDatagram(
            payloadType: agreement.codec.payloadType, marker: tick == 1, sequence: sequence,
            timestamp: originTimestamp.advanced(by: (tick - 1) * AudioFrame.sampleCount), source: source,
            payload: nextPayload()
        ).bytes
    }

    private mutating func nextEvent(_ due: Instant) -> DigitDial.Packet? {
        guard !digits.isDialling, case .digits(let codes) = pieces.first else { return digits.next(at: due) }
        pieces.removeFirst()
        return digits.begin(codes, at: due)
    }

    private mutating func nextPayload() -> [UInt8] {
        guard !digits.isDialling, case .samples(let samples) = pieces.first else {
            return [UInt8](repeating: agreement.codec.silence, count: AudioFrame.sampleCount)
        }
        let end = min(position + AudioFrame.sampleCount, samples.count)
        var frame = Array(samples[position..<end])
        frame += repeatElement(0, count: AudioFrame.sampleCount - frame.count)
        position = end
        if end == samples.count {
            pieces.removeFirst()
            position = 0
        }
        return agreement.codec.encode(frame)
    }
}
