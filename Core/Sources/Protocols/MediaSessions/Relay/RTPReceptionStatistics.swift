import RTP
import Timeline

/// What a receiver knows of one stream: packets, losses and jitter (RFC 3550 §A.1, §A.3, §A.8).
///
/// A new SSRC, and a source that starts anew after a jump (two packets in order), begin a new run; the losses of
/// earlier runs are kept.
public struct RTPReceptionStatistics: Equatable, Sendable, BitwiseCopyable {
    /// A step forward that is still a loss, not a jump, in packets (RFC 3550 §A.1 MAX_DROPOUT).
    private static let longestDropout: UInt16 = 3_000
    /// A step backward that is still a late packet, in packets (RFC 3550 §A.1 MAX_MISORDER).
    private static let deepestMisorder: UInt16 = 100
    /// A difference in transit beyond this is a new media clock, not jitter.
    private static let largestTransit: Int64 = 1_000_000_000

    /// Packets received in all runs.
    public private(set) var packets: UInt64 = 0
    private var hasRun = false
    private var source = SSRC(rawValue: 0)
    private var highest: UInt16 = 0
    private var cycles: UInt32 = 0
    private var base: UInt32 = 0
    /// The number after a jump's first packet; beyond 16 bits while there is none.
    private var expectedAfterJump: UInt32 = .max
    private var receivedInRun: UInt64 = 0
    private var lostInEarlierRuns: Int64 = 0
    private var lastArrival = Instant.zero
    private var lastTimestamp = RTPTimestamp(rawValue: 0)
    private var lastClockRate: UInt32 = 0
    /// Nanoseconds × 16.
    private var scaledJitter: Int64 = 0

    public init() {}

    /// Packets that never came; negative where duplicates outnumber losses.
    public var lost: Int64 { lostInEarlierRuns &+ lostInRun }

    /// The estimate of the variation of transit times.
    public var jitter: Duration { .nanoseconds(scaledJitter >> 4) }

    /// The source of the present run; nil before the first packet.
    public var currentSource: SSRC? { hasRun ? source : nil }

    /// The highest sequence number, with the count of wraps above its 16 bits (RFC 3550 §6.4.1).
    public var extendedHighest: UInt32 { cycles &+ UInt32(highest) }

    /// Counts a packet whose payload type has a clock of `clockRate` hertz.
    public mutating func receive(_ packet: RTPPacket, clockRate: UInt32, at now: Instant) {
        packets &+= 1
        if !hasRun || packet.source != source {
            begin(packet)
        } else if !advance(to: packet.sequenceNumber) {
            return
        }
        receivedInRun &+= 1
        measure(packet, clockRate: clockRate, at: now)
    }

    private var lostInRun: Int64 {
        guard hasRun else { return 0 }
        return Int64(extendedHighest &- base) &+ 1 &- Int64(clamping: receivedInRun)
    }

    private mutating func begin(_ packet: RTPPacket) {
        begin(at: packet.sequenceNumber.rawValue)
        source = packet.source
        lastClockRate = 0
    }

    private mutating func begin(at sequenceNumber: UInt16) {
        lostInEarlierRuns &+= lostInRun
        hasRun = true
        highest = sequenceNumber
        cycles = 0
        base = UInt32(sequenceNumber)
        receivedInRun = 0
        expectedAfterJump = .max
    }

    /// Moves the highest number; false for the first packet after a jump, which may be a stray.
    private mutating func advance(to number: SequenceNumber) -> Bool {
        let step = number.rawValue &- highest
        if step < Self.longestDropout {
            if number.rawValue < highest { cycles &+= 1 << 16 }
            highest = number.rawValue
        } else if step <= 0 &- Self.deepestMisorder {
            guard UInt32(number.rawValue) == expectedAfterJump else {
                expectedAfterJump = UInt32(number.rawValue &+ 1)
                return false
            }
            begin(at: number.rawValue)
            lastClockRate = 0
        }
        return true
    }

    /// RFC 3550 §A.8. Packets of one timestamp, as of a telephone event, say nothing about transit.
    private mutating func measure(_ packet: RTPPacket, clockRate: UInt32, at now: Instant) {
        guard clockRate > 0, clockRate == lastClockRate else {
            lastClockRate = clockRate
            lastArrival = now
            lastTimestamp = packet.timestamp
            return
        }
        let units = packet.timestamp.distance(from: lastTimestamp)
        guard units != 0 else { return }
        let media = Int64(units) &* 1_000_000_000 / Int64(clockRate)
        let transit = (now.nanoseconds &- lastArrival.nanoseconds) &- media
        lastArrival = now
        lastTimestamp = packet.timestamp
        let difference = Int64(clamping: transit.magnitude)
        guard difference <= Self.largestTransit else { return }
        scaledJitter &+= difference &- ((scaledJitter &+ 8) >> 4)
    }
}
