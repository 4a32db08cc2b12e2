/// A-law companding of ITU-T G.711: 12 bits of the linear sample in 8, even bits inverted on the wire.
public enum ALaw {
    /// The code of the smallest positive sample; A-law has no zero.
    public static let silence: UInt8 = 0xD5

    /// The code of `sample`: sign, three bits of segment, four bits of step.
    @inlinable public static func encode(_ sample: Int16) -> UInt8 {
        let isNegative = sample < 0
        let magnitude = UInt32(UInt16(bitPattern: isNegative ? ~sample : sample)) >> 4
        let segment = UInt32(max(27 - magnitude.leadingZeroBitCount, 0))
        // The leading one of segments above 0 carries into the segment's own bits.
        let code = UInt8(truncatingIfNeeded: segment << 4 + magnitude >> segment)
        return (isNegative ? code : code | 0x80) ^ 0x55
    }

    /// The linear sample in the middle of the interval that `code` stands for.
    @inlinable public static func decode(_ code: UInt8) -> Int16 { decodingTable[Int(code)] }

    /// The linear sample of each of the 256 codes.
    public static let decodingTable: [Int16] = (0..<256).map { index in
        let code = UInt8(truncatingIfNeeded: index) ^ 0x55
        let segment = Int(code >> 4) & 7
        let step = Int(code & 0x0F) << 4 + 8
        let magnitude = segment == 0 ? step : (step + 256) << (segment - 1)
        return Int16(truncatingIfNeeded: code & 0x80 == 0 ? -magnitude : magnitude)
    }
}
