/// A rolling hash of bytes: the hash of each prefix of a number comes at one step per byte (FNV-1a, finished with a
/// multiply and a shift). Keys of the tables are provisioned, never chosen by peers, so it needs no secret.
struct ByteHash: BitwiseCopyable {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    /// The hash of the bytes so far, told apart by `salt`.
    func value(salt: UInt64 = 0) -> UInt64 {
        var mixed = state ^ (salt &* 0x9E37_79B9_7F4A_7C15)
        mixed = (mixed ^ (mixed >> 32)) &* 0xD6E8_FEB8_6659_FD93
        return mixed ^ (mixed >> 32)
    }

    mutating func combine(_ byte: UInt8) { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
}
