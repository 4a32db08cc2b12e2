import Audio
import RTP
import Timeline

/// The outgoing stream of a party: one source, one count and one clock, whatever is being played or passed on.
struct RTPSender: Equatable, Sendable {
    let source: SSRC
    private var sequence: SequenceNumber
    /// The clock at `origin`.
    private let base: RTPTimestamp
    private let origin: Instant
    private(set) var clockRate: UInt32
    /// What the clock showed when its rate changed, and when that was.
    private var rateBase: RTPTimestamp
    private var rateOrigin: Instant
    /// Whether the next packet follows a pause.
    private var isAfterPause = true
    private var link: Link?
    private(set) var packets: UInt32 = 0
    private(set) var octets: UInt32 = 0

    /// How the numbers of a stream that is passed on become ours.
    private struct Link: Equatable, Sendable {
        var source: SSRC
        var sequenceOffset: UInt16
        /// Where both clocks stood at the first packet.
        var theirs: RTPTimestamp
        var ours: RTPTimestamp
        var highest: SequenceNumber
    }

    init(source: SSRC, sequence: SequenceNumber, timestamp: RTPTimestamp, clockRate: UInt32, origin: Instant) {
        self.source = source
        self.sequence = sequence
        base = timestamp
        self.origin = origin
        self.clockRate = clockRate
        rateBase = timestamp
        rateOrigin = origin
    }

    /// What the stream's clock shows at a packet time.
    func timestamp(at due: Instant) -> RTPTimestamp {
        let frames = (due - rateOrigin).nanoseconds / AudioFrame.duration.nanoseconds
        return rateBase.advanced(by: Int(frames) * Int(clockRate) / 50)
    }

    /// Goes on with a clock of another rate, because another codec is sent.
    mutating func setClockRate(_ rate: UInt32, at due: Instant) {
        guard rate != clockRate, rate > 0 else { return }
        link = nil
        rateBase = timestamp(at: due)
        rateOrigin = due
        clockRate = rate
        isAfterPause = true
    }

    /// Appends the header of the next audio packet.
    mutating func beginAudio(_ format: AudioAgreement.Format, at due: Instant, into bytes: inout [UInt8]) {
        setClockRate(format.codec.clockRate, at: due)
        write(format.payloadType, timestamp(at: due), marker: isAfterPause, into: &bytes)
        isAfterPause = false
    }

    /// Appends the packet of a telephone event; audio after it begins anew.
    mutating func append(
        _ event: TelephoneEvent, _ payloadType: UInt8, _ timestamp: RTPTimestamp, marker: Bool,
        into bytes: inout [UInt8]
    ) {
        write(payloadType, timestamp, marker: marker, into: &bytes)
        bytes += event.payload
        isAfterPause = true
        octets &+= UInt32(TelephoneEvent.length)
    }

    /// Notes what the payload behind a header took.
    mutating func endPacket(payload count: Int) { octets &+= UInt32(truncatingIfNeeded: count) }

    /// Notes that nothing is sent at a packet time.
    mutating func pause() { isAfterPause = true }

    /// Appends the header of a packet that is passed on from a stream whose clock has `rate` hertz, keeping its gaps, its
    /// order and its marker; without `keepingOrder` it is numbered among our own packets.
    mutating func relay(
        _ packet: RTPPacket, _ payloadType: UInt8, clockRate rate: UInt32, keepingOrder: Bool = true, at now: Instant,
        into bytes: inout [UInt8]
    ) {
        if link?.source != packet.source {
            let step = (now - rateOrigin).nanoseconds * Int64(clockRate) / 1_000_000_000
            let clock = rateBase.advanced(by: Int(step))
            link = Link(
                source: packet.source, sequenceOffset: sequence.rawValue &- packet.sequenceNumber.rawValue,
                theirs: packet.timestamp, ours: clock, highest: packet.sequenceNumber)
        }
        guard var link else { return }
        if packet.sequenceNumber.distance(from: link.highest) > 0 { link.highest = packet.sequenceNumber }
        self.link = link
        let number =
            keepingOrder
            ? SequenceNumber(rawValue: packet.sequenceNumber.rawValue &+ link.sequenceOffset) : sequence
        let elapsed = packet.timestamp.distance(from: link.theirs)
        let timestamp = link.ours.advanced(
            by: rate == clockRate || rate == 0 ? elapsed : elapsed * Int(clockRate) / Int(rate))
        var header = RTPPacket(
            payloadType: PayloadType(rawValue: payloadType), sequenceNumber: number, timestamp: timestamp,
            source: source)
        header.marker = packet.marker || isAfterPause
        isAfterPause = false
        header.writeHeader(into: &bytes)
        packets &+= 1
        sequence =
            keepingOrder ? SequenceNumber(rawValue: link.highest.rawValue &+ link.sequenceOffset).next : sequence.next
    }

    /// Ends what is passed on; the next packets are our own.
    mutating func endRelaying() {
        link = nil
        isAfterPause = true
    }

    private mutating func write(
        _ payloadType: UInt8, _ timestamp: RTPTimestamp, marker: Bool, into bytes: inout [UInt8]
    ) {
        var header = RTPPacket(
            payloadType: PayloadType(rawValue: payloadType), sequenceNumber: sequence, timestamp: timestamp,
            source: source)
        header.marker = marker
        header.writeHeader(into: &bytes)
        sequence = sequence.next
        packets &+= 1
    }
}
