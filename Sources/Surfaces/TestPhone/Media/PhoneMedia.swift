import Addresses
import Audio
import MediaSessions
import RTP
import Timeline

/// A phone's audio stream: sends a packet every 20 ms on absolute deadlines and hears what comes.
struct PhoneMedia: Sendable {
    /// What the phone must do or may say.
    enum Effect: Equatable, Sendable {
        /// Send this datagram from the stream's socket.
        case send([UInt8], Endpoint)
        /// A digit was heard.
        case digit(UInt8)
        /// A tone of this frequency has been heard for long enough; comes once.
        case heard(Double)
        /// Everything there was to play and to dial has been sent; comes once, and not where there was nothing.
        case finished
    }

    /// A clock that fell behind by more skips the packets instead of sending a burst; those of digits are all sent.
    private static let largestDelay: Duration = .milliseconds(200)

    private var receiver: MediaReceiver
    private var packetsSent = 0
    private var agreement: MediaAgreement
    private let plan: MediaPlan
    private let source: SSRC
    private var sequence: UInt16
    private let origin: Instant
    private let originTimestamp: RTPTimestamp
    private var tick: Int64 = 0
    private var player = AudioPlayer(.silence)
    private var digits: DigitDial
    private var digitsBegin: Instant?
    private var hasBegun = false
    private var isFinished = false
    private var wasSending = false

    /// A stream whose first packet is due at `now`; it sends silence until `beginPlaying`.
    init(_ plan: MediaPlan, _ agreement: MediaAgreement, at now: Instant, dice: inout IdentifierSource) {
        self.plan = plan
        self.agreement = agreement
        receiver = MediaReceiver(plan)
        source = SSRC(rawValue: UInt32(truncatingIfNeeded: dice.next()))
        sequence = UInt16(truncatingIfNeeded: dice.next())
        origin = now
        originTimestamp = RTPTimestamp(rawValue: UInt32(truncatingIfNeeded: dice.next()))
        digits = DigitDial(origin: now, timestamp: originTimestamp, timing: plan.digitTiming)
    }

    /// When `timeElapsed` must be called next.
    var nextDeadline: Instant { min(nextPacket, receiver.nextDeadline ?? .distantFuture) }

    /// Starts what the plan says is played and dialled; a second call does nothing.
    mutating func beginPlaying(at now: Instant) {
        guard !hasBegun else { return }
        hasBegun = true
        player = AudioPlayer(plan.play)
        if !codes.isEmpty { digitsBegin = now + plan.digitsDelay }
    }

    /// Follows a new offer and answer.
    mutating func update(_ agreement: MediaAgreement) { self.agreement = agreement }

    mutating func receive(_ datagram: [UInt8], at now: Instant, into effects: inout [Effect]) {
        guard let packet = RTPDatagram(parsing: datagram) else { return }
        if let digit = receiver.receive(packet, eventPayloadType: agreement.eventPayloadType, at: now) {
            effects.append(.digit(digit))
        }
        for frequency in receiver.takeNewTones() { effects.append(.heard(frequency)) }
    }

    /// What the report says of the stream so far.
    var report: CallReport.Media {
        var report = CallReport.Media()
        report.codec = agreement.codec
        report.packetsSent = packetsSent
        report.packetsReceived = receiver.packetCount
        report.packetsLost = receiver.packetsLost
        report.digits = receiver.digits
        report.tones = receiver.tones
        report.recording = receiver.recording
        return report
    }

    mutating func timeElapsed(at now: Instant, into effects: inout [Effect]) {
        receiver.timeElapsed(at: now)
        while nextPacket <= now {
            let behind = (now - nextPacket).nanoseconds
            if behind > Self.largestDelay.nanoseconds, !digits.isDialling {
                tick += behind / AudioFrame.duration.nanoseconds
            }
            sendPacket(into: &effects)
        }
    }

    private var nextPacket: Instant { origin + AudioFrame.duration * Int(tick) }
    private var codes: [UInt8] { plan.digits.utf8.compactMap(TelephoneEvent.code) }

    private mutating func sendPacket(into effects: inout [Effect]) {
        let due = nextPacket
        tick += 1
        let timestamp = originTimestamp.advanced(by: Int(truncatingIfNeeded: (tick - 1) &* 160))
        let event = dial(at: due)
        let frame = player.nextFrame()
        defer { finishIfDone(into: &effects) }
        guard let remote = agreement.remote, !agreement.isHeld else {
            wasSending = false
            return
        }
        let packet: RTPDatagram
        if let (event, start, marker) = event, let payloadType = agreement.eventPayloadType {
            packet = RTPDatagram(
                payloadType: payloadType, marker: marker, sequence: sequence, timestamp: start, source: source,
                payload: event.payload)
        } else {
            packet = RTPDatagram(
                payloadType: agreement.codec.payloadType, marker: !wasSending, sequence: sequence,
                timestamp: timestamp, source: source, payload: agreement.codec.encode(frame.samples))
            wasSending = true
        }
        sequence &+= 1
        packetsSent += 1
        effects.append(.send(packet.bytes, remote))
    }

    /// The event packet that takes the place of the audio at `due`.
    private mutating func dial(at due: Instant) -> DigitDial.Packet? {
        guard let begin = digitsBegin, begin <= due else { return digits.next(at: due) }
        digitsBegin = nil
        return digits.begin(codes, at: due)
    }

    private mutating func finishIfDone(into effects: inout [Effect]) {
        guard hasBegun, !isFinished, plan.play.isFinite || !codes.isEmpty else { return }
        guard !plan.play.isFinite || player.isFinished, digitsBegin == nil, !digits.isDialling else { return }
        isFinished = true
        effects.append(.finished)
    }
}
