import RTP
import Timeline

/// When reports are sent, and what they say of the stream that is heard (RFC 3550 §6.2, §6.4, §A.7).
struct RTCPSchedule: Equatable, Sendable {
    /// The shortest mean interval; two parties never need a longer one.
    static let interval: Duration = .seconds(5)

    private(set) var deadline: Instant
    private var expectedBefore: UInt32 = 0
    private var receivedBefore: UInt64 = 0
    private var packetsBefore: UInt32 = 0
    private var lastSenderReport: UInt32 = 0
    private var lastSenderReportTime: Instant?

    init(at now: Instant, dice: inout IdentifierSource) { deadline = now + Self.wait(half: true, &dice) }

    /// Between 0.5 and 1.5 intervals, made shorter by what reconsideration would make it longer; the first one half.
    private static func wait(half: Bool, _ dice: inout IdentifierSource) -> Duration {
        let nanoseconds = Double(dice.duration(in: interval / 2...interval * 3 / 2).nanoseconds) / 1.21828
        return .nanoseconds(Int64(half ? nanoseconds / 2 : nanoseconds))
    }

    mutating func reported(at now: Instant, dice: inout IdentifierSource) {
        deadline = now + Self.wait(half: false, &dice)
    }

    /// Notes the sender reports in a datagram from the party.
    mutating func receive(_ datagram: UnsafeRawBufferPointer, at now: Instant) {
        guard RTCPPacket.isRTCP(datagram), let packets = RTCPPacket.compound(datagram) else { return }
        for packet in packets where packet.kind == .senderReport && packet.length >= 28 {
            let offset = packet.offset + 10
            var middle: UInt32 = 0
            for index in 0..<4 { middle = middle << 8 | UInt32(datagram[offset + index]) }
            lastSenderReport = middle
            lastSenderReportTime = now
        }
    }

    /// Whether anything was sent since the last report.
    mutating func hasSent(_ packets: UInt32) -> Bool {
        defer { packetsBefore = packets }
        return packets != packetsBefore
    }

    /// What to say of a stream; nil where nothing was heard.
    mutating func reception(
        _ statistics: RTPReceptionStatistics, of source: SSRC?, clockRate: UInt32, at now: Instant
    ) -> RTCPReport.Reception? {
        guard let source, statistics.packets > 0 else { return nil }
        var reception = RTCPReport.Reception(source: source)
        let expected = UInt32(truncatingIfNeeded: Int64(clamping: statistics.packets) &+ statistics.lost)
        let newExpected = Int64(expected &- expectedBefore)
        let newReceived = Int64(clamping: statistics.packets &- receivedBefore)
        let newLost = newExpected - newReceived
        if newExpected > 0 && newLost > 0 { reception.fractionLost = UInt8(min(newLost << 8 / newExpected, 255)) }
        expectedBefore = expected
        receivedBefore = statistics.packets
        reception.lost = Int32(clamping: statistics.lost)
        reception.extendedHighest = statistics.extendedHighest
        reception.jitter = UInt32(clamping: statistics.jitter.nanoseconds * Int64(clockRate) / 1_000_000_000)
        if let lastSenderReportTime {
            reception.lastReport = lastSenderReport
            reception.delay = UInt32(clamping: (now - lastSenderReportTime).nanoseconds * 65_536 / 1_000_000_000)
        }
        return reception
    }
}
