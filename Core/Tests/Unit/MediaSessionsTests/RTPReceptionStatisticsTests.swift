import MediaSessions
import RTP
import Testing
import Timeline

@Suite struct RTPReceptionStatisticsTests {
    /// Feeds sequence numbers 20 ms apart, with timestamps that follow them.
    private func feed(_ numbers: [UInt16], source: UInt32 = 1, into statistics: inout RTPReceptionStatistics) {
        for (index, number) in numbers.enumerated() {
            receive(number, UInt32(index) * 160, Int64(index) * 20_000, source, into: &statistics)
        }
    }

    private func receive(
        _ number: UInt16, _ timestamp: UInt32, _ microseconds: Int64, _ source: UInt32,
        into statistics: inout RTPReceptionStatistics
    ) {
        let packet = RTPPacket(
            payloadType: .pcmu, sequenceNumber: SequenceNumber(rawValue: number),
            timestamp: RTPTimestamp(rawValue: timestamp), source: SSRC(rawValue: source))
        statistics.receive(packet, clockRate: 8_000, at: Instant(nanoseconds: microseconds * 1_000))
    }

    @Test(
        "losses are what is missing between the first and the highest number",
        arguments: [
            ([1, 2, 3, 4], 0), ([1, 2, 4, 5], 1), ([1, 4, 3, 2], 0), ([1, 2, 2, 3], -1), ([65_534, 65_535, 0, 1], 0),
            ([65_534, 1], 2), ([10, 9, 11], -1), ([0, 2_999], 2_998), ([7], 0), ([], 0),
        ] as [([UInt16], Int64)])
    func losses(numbers: [UInt16], lost: Int64) {
        var statistics = RTPReceptionStatistics()
        feed(numbers, into: &statistics)
        #expect(statistics.lost == lost)
        #expect(statistics.packets == UInt64(numbers.count))
    }

    @Test("wraps are counted in the extended number")
    func wraps() {
        var statistics = RTPReceptionStatistics()
        feed((0..<200_000).map { UInt16(truncatingIfNeeded: $0) }, into: &statistics)
        #expect(statistics.extendedHighest == 199_999)
        #expect(statistics.lost == 0)
    }

    @Test("one packet far away is a stray, two in order are a restart that keeps the earlier losses")
    func restart() {
        var stray = RTPReceptionStatistics()
        feed([1, 2, 4, 30_000, 5, 6], into: &stray)
        #expect(stray.lost == 1)
        var restarted = RTPReceptionStatistics()
        feed([1, 2, 4, 30_000, 30_001, 30_003], into: &restarted)
        #expect(restarted.lost == 2)
    }

    @Test("a new source begins a new run")
    func newSource() {
        var statistics = RTPReceptionStatistics()
        feed([1, 3], source: 1, into: &statistics)
        feed([50_000, 50_001], source: 2, into: &statistics)
        #expect(statistics.lost == 1 && statistics.packets == 4)
    }

    @Test("jitter follows the formula of RFC 3550 A.8, across the wrap of timestamps")
    func jitter() {
        var statistics = RTPReceptionStatistics()
        var expected = 0.0
        let delays: [Int64] = [0, 3_000, 0, 5_000, 1_000, 1_000, 12_000, 0, 2_500, 500]
        for index in 0..<200 {
            let delay = delays[index % delays.count]
            let before = index == 0 ? delay : delays[(index - 1) % delays.count]
            if index > 0 { expected += (Double(abs(delay - before)) - expected) / 16 }
            receive(
                UInt16(index), 0xFFFF_F000 &+ UInt32(index) * 160, Int64(index) * 20_000 + delay, 1, into: &statistics)
        }
        #expect(abs(Double(statistics.jitter.nanoseconds) / 1_000 - expected) < 1)
    }

    @Test("packets of one timestamp and a change of clock add no jitter")
    func events() {
        var statistics = RTPReceptionStatistics()
        feed([1, 2, 3], into: &statistics)
        for number in UInt16(4)..<10 { receive(number, 320, Int64(number) * 20_000, 1, into: &statistics) }
        #expect(statistics.jitter == .zero)
        let packet = RTPPacket(
            payloadType: PayloadType(rawValue: 111), sequenceNumber: SequenceNumber(rawValue: 10),
            timestamp: RTPTimestamp(rawValue: 900_000), source: SSRC(rawValue: 1))
        statistics.receive(packet, clockRate: 48_000, at: Instant(nanoseconds: 200_000_000))
        #expect(statistics.jitter == .zero)
    }
}
