import RTP

/// The parts of an RTP packet that a phone needs (RFC 3550 §5.1).
package struct RTPDatagram: Equatable, Sendable {
    /// Bytes before the payload where there is neither extension nor contributing source.
    static let headerLength = 12

    package var payloadType: UInt8
    package var marker: Bool
    package var sequence: UInt16
    package var timestamp: RTPTimestamp
    package var source: SSRC
    package var payload: ArraySlice<UInt8>

    package init(
        payloadType: UInt8, marker: Bool, sequence: UInt16, timestamp: RTPTimestamp, source: SSRC, payload: [UInt8]
    ) {
        self.payloadType = payloadType
        self.marker = marker
        self.sequence = sequence
        self.timestamp = timestamp
        self.source = source
        self.payload = payload[...]
    }

    /// Reads a datagram; nil where it is not RTP version 2 or shorter than its own header says.
    package init?(parsing bytes: [UInt8]) {
        guard bytes.count >= Self.headerLength, bytes[0] >> 6 == 2 else { return nil }
        var start = Self.headerLength + 4 * Int(bytes[0] & 0x0F)
        if bytes[0] & 0x10 != 0 {
            guard bytes.count >= start + 4 else { return nil }
            start += 4 + 4 * (Int(bytes[start + 2]) << 8 | Int(bytes[start + 3]))
        }
        var end = bytes.count
        if bytes[0] & 0x20 != 0 { end -= Int(bytes[end - 1]) }
        guard start <= end else { return nil }
        func number(_ offset: Int, _ count: Int) -> UInt32 {
            bytes[offset..<offset + count].reduce(0) { $0 << 8 | UInt32($1) }
        }
        payloadType = bytes[1] & 0x7F
        marker = bytes[1] & 0x80 != 0
        sequence = UInt16(number(2, 2))
        timestamp = RTPTimestamp(rawValue: number(4, 4))
        source = SSRC(rawValue: number(8, 4))
        payload = bytes[start..<end]
    }

    /// The packet as it is sent.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = [0x80, payloadType | (marker ? 0x80 : 0)]
        bytes.reserveCapacity(Self.headerLength + payload.count)
        func append(_ value: UInt32, _ count: Int) {
            for position in (0..<count).reversed() {
                bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(8 * position)))
            }
        }
        append(UInt32(sequence), 2)
        append(timestamp.rawValue, 4)
        append(source.rawValue, 4)
        bytes += payload
        return bytes
    }
}
