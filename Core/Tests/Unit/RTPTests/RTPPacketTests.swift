import RTP
import Testing

@Suite struct RTPPacketTests {
    /// 8 bytes of payload after the plain header.
    static let plain: [UInt8] =
        [0x80, 0x88, 0x12, 0x34, 0, 0, 0, 160, 0xDE, 0xAD, 0xBE, 0xEF] + [1, 2, 3, 4, 5, 6, 7, 8]

    @Test("a plain header is read")
    func plainHeader() throws {
        let packet = try #require(RTPPacket(Self.plain))
        #expect(packet.marker && packet.payloadType == .pcma)
        #expect(packet.sequenceNumber.rawValue == 0x1234 && packet.timestamp.rawValue == 160)
        #expect(packet.source.rawValue == 0xDEAD_BEEF)
        #expect(packet.payloadOffset == 12 && packet.payloadCount == 8)
    }

    @Test("contributing sources, extension and padding are left out of the payload")
    func extras() throws {
        var bytes = Self.plain
        bytes[0] = 0x80 | 0x30 | 2
        bytes.insert(contentsOf: [UInt8](repeating: 9, count: 8) + [0xBE, 0xDE, 0, 1, 1, 1, 1, 1], at: 12)
        bytes += [0, 0, 3]
        let packet = try #require(RTPPacket(bytes))
        #expect(packet.payloadOffset == 28 && packet.payloadCount == 8)
    }

    @Test(
        "what fails the checks of RFC 3550 A.1 is refused",
        arguments: [
            (0, 0x40), (0, 0x00), (0, 0xC0), (0, 0x8F), (0, 0x90), (1, 0xC8), (1, 0xC9), (1, 0xDF), (1, 0xC0),
            (0, 0xA0),
        ])
    func refused(position: Int, value: Int) {
        var bytes = Self.plain
        bytes[position] = UInt8(value)
        if value == 0x90 { bytes[14] = 0xFF }
        if value == 0xA0 { bytes[19] = 9 }
        #expect(RTPPacket(bytes) == nil)
    }

    @Test("no padding count and one beyond the payload are refused, all of the payload may be padding")
    func padding() {
        var bytes = Self.plain
        bytes[0] |= 0x20
        bytes[19] = 0
        #expect(RTPPacket(bytes) == nil)
        bytes[19] = 8
        #expect(RTPPacket(bytes)?.payloadCount == 0)
    }

    @Test("every beginning, bit flip and extension length is read inside its bounds or refused")
    func hostile() {
        for count in 0...Self.plain.count {
            let packet = RTPPacket(Array(Self.plain.prefix(count)))
            #expect((packet == nil) == (count < 12))
        }
        for first in 0...255 {
            for length in [12, 13, 16, 20, 72, 80] {
                var bytes = [UInt8](repeating: 0xFF, count: length)
                bytes[0] = UInt8(first)
                bytes[1] = 0
                guard let packet = RTPPacket(bytes) else { continue }
                #expect(packet.payloadOffset + packet.payloadCount <= length && packet.payloadCount >= 0)
            }
        }
    }

    @Test("a written header reads back")
    func roundTrip() {
        let packet = RTPPacket(
            payloadType: .pcmu, sequenceNumber: SequenceNumber(rawValue: 65_535),
            timestamp: RTPTimestamp(rawValue: 0xFFFF_FF60), source: SSRC(rawValue: 7), marker: true)
        var bytes: [UInt8] = []
        packet.writeHeader(into: &bytes)
        #expect(bytes.count == RTPPacket.headerSize)
        #expect(RTPPacket(bytes) == packet)
    }

    @Test("sequence numbers are ordered across the wrap")
    func sequenceNumbers() {
        let last = SequenceNumber(rawValue: 65_535)
        #expect(last.next.rawValue == 0)
        #expect(last.next.distance(from: last) == 1 && last.distance(from: last.next) == -1)
        #expect(SequenceNumber(rawValue: 100).distance(from: SequenceNumber(rawValue: 65_500)) == 136)
    }
}
