import RTP
import Testing

@Suite struct RTCPPacketTests {
    /// A sender report with one block, a source description, and a goodbye.
    static let compound: [UInt8] =
        [0x81, 200, 0, 12, 0, 0, 0, 5] + [UInt8](repeating: 1, count: 20)
        + [0, 0, 0, 9, 64, 0xFF, 0xFF, 0xFE, 0, 0, 1, 0, 0, 0, 0, 33, 0, 0, 0, 0, 0, 0, 0, 0]
        + [0x81, 202, 0, 2, 0, 0, 0, 5, 0, 0, 0, 0] + [0x81, 203, 0, 1, 0, 0, 0, 5]

    @Test("a compound datagram is split and its report block read")
    func split() throws {
        let packets = try #require(RTCPPacket.compound(Self.compound))
        #expect(packets.map(\.kind) == [.senderReport, .sourceDescription, .goodbye])
        #expect(packets.allSatisfy { $0.source.rawValue == 5 })
        let blocks = Self.compound.withUnsafeBytes { packets[0].reportBlocks(in: $0) }
        #expect(
            blocks.map { [Int($0.source.rawValue), Int($0.fractionLost), Int($0.lost), Int($0.jitter)] }
                == [[9, 64, -2, 33]])
        #expect(Self.compound.withUnsafeBytes { packets[1].reportBlocks(in: $0) }.isEmpty)
    }

    @Test("a wrong version, kind or length is refused")
    func refused() {
        for (position, value) in [(0, 0x41), (1, 0), (1, 64), (3, 255), (53, 0)] as [(Int, UInt8)] {
            var bytes = Self.compound
            bytes[position] = value
            #expect(RTCPPacket.compound(bytes) == nil)
        }
        #expect(RTCPPacket.compound([UInt8]()) == nil)
    }

    @Test("a report that claims more blocks than it holds gives those it holds")
    func missingBlocks() throws {
        var bytes = Self.compound
        bytes[0] = 0x9F
        let packets = try #require(RTCPPacket.compound(bytes))
        #expect(bytes.withUnsafeBytes { packets[0].reportBlocks(in: $0) }.count == 1)
    }

    @Test("every beginning and bit flip is read or refused, and too many packets are refused")
    func hostile() {
        for count in 0..<Self.compound.count { _ = RTCPPacket.compound(Array(Self.compound.prefix(count))) }
        var bytes = Self.compound
        for position in bytes.indices {
            for bit in 0..<8 {
                bytes[position] ^= 1 << UInt8(bit)
                for packet in RTCPPacket.compound(bytes) ?? [] {
                    #expect(packet.offset + packet.length <= bytes.count)
                    _ = bytes.withUnsafeBytes { packet.reportBlocks(in: $0) }
                }
                bytes[position] = Self.compound[position]
            }
        }
        var many: [UInt8] = [0x80, 203, 0, 1, 0, 0, 0, 1]
        for _ in 0..<32 { many += [0x80, 203, 0, 0] }
        #expect(RTCPPacket.compound(many) == nil)
    }
}
