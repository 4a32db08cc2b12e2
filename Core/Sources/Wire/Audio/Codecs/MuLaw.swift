/// µ-law companding of ITU-T G.711: 14 bits of the linear sample in 8, all bits inverted on the wire.
public enum MuLaw {
    /// The code of a zero sample.
    public static let silence: UInt8 = 0xFF

    /// The code of `sample`: sign, three bits of segment, four bits of step.
    @inlinable public static func encode(_ sample: Int16) -> UInt8 {
        let isNegative = sample < 0
        let magnitude = UInt32(UInt16(bitPattern: isNegative ? ~sample : sample)) >> 2
        let biased = min(magnitude + 33, 0x1FFF)
        let segment = UInt32(26 - biased.leadingZeroBitCount)
        let code = UInt8(truncatingIfNeeded: segment << 4 | (biased >> (segment + 1)) & 0x0F)
        return ~(isNegative ? code | 0x80 : code)
    }

    /// The linear sample in the middle of the interval that `code` stands for.
    @inlinable public static func decode(_ code: UInt8) -> Int16 { decodingTable[Int(code)] }

    /// The linear sample of each of the 256 codes.
    public static let decodingTable: [Int16] = (0..<256).map { index in
        let code = ~UInt8(truncatingIfNeeded: index)
        let segment = Int(code >> 4) & 7
        let magnitude = ((Int(code & 0x0F) << 3 + 132) << segment) - 132
        return Int16(truncatingIfNeeded: code & 0x80 == 0 ? magnitude : -magnitude)
    }
}
