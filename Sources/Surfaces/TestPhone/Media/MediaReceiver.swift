import Audio
import MediaSessions
import RTP
import Timeline

/// The receiving half of a phone's audio stream: counts packets, hears tones and digits, keeps the recording.
struct MediaReceiver: Sendable {
    /// An hour of samples.
    static let maximumRecording = 3600 * SampleCount.perSecond
    /// A jump of the timestamp by more than this begins a new passage without a gap: ten seconds.
    private static let largestGap = 10 * SampleCount.perSecond

    private(set) var packetCount = 0
    private(set) var digits = ""
    private(set) var recording: [Int16] = []
    private var detector: ToneDetector
    private var events = TelephoneEventReceiver()
    private var eventEffects: [TelephoneEventReceiver.Effect] = []
    private let isRecorded: Bool
    private var stream: Stream?
    private var lostBefore = 0
    private var reportedTones: Set<Double> = []
    private var samplesSinceCheck = 0
    /// The timestamp that the detector's next sample belongs to.
    private var heardUntil: RTPTimestamp?

    /// One source's sequence numbers (RFC 3550 §A.1, §A.3) and the place of its first sample in the recording.
    private struct Stream {
        var source: SSRC
        var first: UInt16
        var highest: UInt16
        var cycles = 0
        var received = 0
        var originTimestamp: RTPTimestamp
        var originPosition: Int

        var lost: Int { max(cycles * 65_536 + Int(highest) - Int(first) + 1 - received, 0) }
    }

    init(_ plan: MediaPlan) {
        detector = ToneDetector(plan.listensFor)
        isRecorded = plan.isRecorded
    }

    var tones: [ToneDetector.HeardTone] { detector.heard }
    var packetsLost: Int { lostBefore + (stream?.lost ?? 0) }
    var nextDeadline: Instant? { events.nextDeadline }

    /// Takes one packet; returns the digit that began with it.
    mutating func receive(_ packet: RTPDatagram, eventPayloadType: UInt8?, at now: Instant) -> UInt8? {
        packetCount += 1
        count(packet)
        if let eventPayloadType, packet.payloadType == eventPayloadType {
            guard let event = TelephoneEvent(parsing: packet.payload) else { return nil }
            events.receive(
                TelephoneEventReceiver.Packet(source: packet.source, timestamp: packet.timestamp, event: event),
                at: now, into: &eventEffects)
            return takeDigit()
        }
        guard let codec = G711Codec(rawValue: packet.payloadType) else { return nil }
        let samples = codec.decode(packet.payload)
        listen(samples, at: packet.timestamp)
        if isRecorded { record(samples, at: packet.timestamp) }
        return nil
    }

    /// The tones that have been heard for long enough since the last call; looks once in each of the detector's blocks.
    mutating func takeNewTones() -> [Double] {
        guard samplesSinceCheck >= ToneDetector.blockLength.value else { return [] }
        samplesSinceCheck = 0
        return detector.heard.map(\.frequency).filter { reportedTones.insert($0).inserted }
    }

    mutating func timeElapsed(at now: Instant) {
        events.timeElapsed(at: now, into: &eventEffects)
        eventEffects.removeAll(keepingCapacity: true)
    }

    private mutating func takeDigit() -> UInt8? {
        defer { eventEffects.removeAll(keepingCapacity: true) }
        for case .began(let code) in eventEffects {
            guard let digit = TelephoneEvent.digit(of: code) else { continue }
            digits.unicodeScalars.append(Unicode.Scalar(digit))
            return digit
        }
        return nil
    }

    private mutating func count(_ packet: RTPDatagram) {
        guard var known = stream, known.source == packet.source else {
            lostBefore += stream?.lost ?? 0
            stream = Stream(
                source: packet.source, first: packet.sequence, highest: packet.sequence, received: 1,
                originTimestamp: packet.timestamp, originPosition: recording.count)
            heardUntil = nil
            return
        }
        let step = packet.sequence &- known.highest
        if step > 0 && step < 0x8000 {
            if packet.sequence < known.highest { known.cycles += 1 }
            known.highest = packet.sequence
        }
        known.received += 1
        stream = known
    }

    /// Gives the detector the samples at their places in time: what was lost, or replaced by digits, is silence, or the
    /// seams would sound like another frequency. Late packets are left out.
    private mutating func listen(_ samples: [Int16], at timestamp: RTPTimestamp) {
        let gap = heardUntil.map { timestamp.distance(from: $0) } ?? 0
        if gap < 0 && gap > -Self.largestGap { return }
        if gap > 0 {
            let filled = min(gap, 2 * ToneDetector.blockLength.value)
            detector.receive(repeatElement(0, count: filled))
            samplesSinceCheck += filled
        }
        detector.receive(samples)
        samplesSinceCheck += samples.count
        heardUntil = timestamp.advanced(by: samples.count)
    }

    /// Puts the samples where their timestamp says, so that lost packets are silence and late ones fill their gap.
    private mutating func record(_ samples: [Int16], at timestamp: RTPTimestamp) {
        guard let known = stream else { return }
        var position = known.originPosition + timestamp.distance(from: known.originTimestamp)
        if position < known.originPosition || position > recording.count + Self.largestGap {
            position = recording.count
            stream?.originTimestamp = timestamp
            stream?.originPosition = position
        }
        guard position + samples.count <= Self.maximumRecording else { return }
        if position + samples.count > recording.count {
            let missing = position + samples.count - recording.count
            recording.append(contentsOf: repeatElement(0, count: missing))
        }
        recording.replaceSubrange(position..<position + samples.count, with: samples)
    }
}
