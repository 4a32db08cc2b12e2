import SIPUserAgent

/// MD5 (RFC 1321) and SHA-256 (FIPS 180-4) for tests; the switch is handed those of its cryptography library.
enum TestHashes {
    static let functions = DigestFunctions(md5: { md5($0) }, sha256: { sha256($0) })

    static func md5(_ message: [UInt8]) -> [UInt8] {
        var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476]
        let shifts: [UInt32] = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]
        for block in blocks(of: message, bigEndian: false) {
            var (a, b, c, d) = (state[0], state[1], state[2], state[3])
            for step in 0..<64 {
                let mixed: UInt32
                let word: Int
                switch step / 16 {
                case 0: (mixed, word) = (b & c | ~b & d, step)
                case 1: (mixed, word) = (d & b | ~d & c, (5 * step + 1) % 16)
                case 2: (mixed, word) = (b ^ c ^ d, (3 * step + 5) % 16)
                default: (mixed, word) = (c ^ (b | ~d), 7 * step % 16)
                }
                let sum = a &+ mixed &+ sines[step] &+ block[word]
                let shift = shifts[step / 16 * 4 + step % 4]
                (a, d, c, b) = (d, c, b, b &+ (sum << shift | sum >> (32 - shift)))
            }
            state = [state[0] &+ a, state[1] &+ b, state[2] &+ c, state[3] &+ d]
        }
        return state.flatMap { word in (0..<UInt32(4)).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    }

    static func sha256(_ message: [UInt8]) -> [UInt8] {
        var state = fractions(ofRoot: 2, count: 8)
        let constants = fractions(ofRoot: 3, count: 64)
        for block in blocks(of: message, bigEndian: true) {
            var words = block
            for step in 16..<64 {
                let low = rotate(words[step - 15], 7) ^ rotate(words[step - 15], 18) ^ words[step - 15] >> 3
                let high = rotate(words[step - 2], 17) ^ rotate(words[step - 2], 19) ^ words[step - 2] >> 10
                words.append(words[step - 16] &+ low &+ words[step - 7] &+ high)
            }
            var v = state
            for step in 0..<64 {
                let choice = v[4] & v[5] ^ ~v[4] & v[6]
                let high = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)
                let first = v[7] &+ high &+ choice &+ constants[step] &+ words[step]
                let majority = v[0] & v[1] ^ v[0] & v[2] ^ v[1] & v[2]
                let low = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)
                v = [first &+ low &+ majority, v[0], v[1], v[2], v[3] &+ first, v[4], v[5], v[6]]
            }
            state = zip(state, v).map { $0 &+ $1 }
        }
        return state.flatMap { word in (0..<UInt32(4)).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * $0)) } }
    }

    static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }

    private static func blocks(of message: [UInt8], bigEndian: Bool) -> [[UInt32]] {
        var padded = message + [0x80]
        while padded.count % 64 != 56 { padded.append(0) }
        let bits = UInt64(message.count) * 8
        for place in 0..<UInt64(8) {
            padded.append(UInt8(truncatingIfNeeded: bits >> (bigEndian ? 56 - 8 * place : 8 * place)))
        }
        return stride(from: 0, to: padded.count, by: 64).map { start in
            stride(from: start, to: start + 64, by: 4).map { place in
                let bytes = bigEndian ? Array(padded[place..<place + 4]) : padded[place..<place + 4].reversed()
                return bytes.reduce(0) { $0 << 8 | UInt32($1) }
            }
        }
    }

    /// The first 32 bits of the fractions of the roots of the first primes, found by integer search.
    private static func fractions(ofRoot root: Int, count: Int) -> [UInt32] {
        var primes: [UInt64] = []
        var candidate: UInt64 = 2
        while primes.count < count {
            if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
            candidate += 1
        }
        return primes.map { prime in
            var low: UInt64 = 0
            var high: UInt64 = 1 << 37
            while high - low > 1 {
                let middle = (low + high) / 2
                if isBelow(middle, root: root, of: prime) { low = middle } else { high = middle }
            }
            return UInt32(truncatingIfNeeded: low)
        }
    }

    /// Whether `scaled` / 2^32 is at most the root.
    private static func isBelow(_ scaled: UInt64, root: Int, of prime: UInt64) -> Bool {
        let square = scaled.multipliedFullWidth(by: scaled)
        if root == 2 { return square.high < prime || (square.high == prime && square.low == 0) }
        let low = scaled.multipliedFullWidth(by: square.low)
        let high = scaled &* square.high &+ low.high
        return high >> 32 < prime || (high >> 32 == prime && high & 0xFFFF_FFFF == 0 && low.low == 0)
    }

    private static let sines: [UInt32] = [
        0xD76A_A478, 0xE8C7_B756, 0x2420_70DB, 0xC1BD_CEEE, 0xF57C_0FAF, 0x4787_C62A, 0xA830_4613, 0xFD46_9501,
        0x6980_98D8, 0x8B44_F7AF, 0xFFFF_5BB1, 0x895C_D7BE, 0x6B90_1122, 0xFD98_7193, 0xA679_438E, 0x49B4_0821,
        0xF61E_2562, 0xC040_B340, 0x265E_5A51, 0xE9B6_C7AA, 0xD62F_105D, 0x0244_1453, 0xD8A1_E681, 0xE7D3_FBC8,
        0x21E1_CDE6, 0xC337_07D6, 0xF4D5_0D87, 0x455A_14ED, 0xA9E3_E905, 0xFCEF_A3F8, 0x676F_02D9, 0x8D2A_4C8A,
        0xFFFA_3942, 0x8771_F681, 0x6D9D_6122, 0xFDE5_380C, 0xA4BE_EA44, 0x4BDE_CFA9, 0xF6BB_4B60, 0xBEBF_BC70,
        0x289B_7EC6, 0xEAA1_27FA, 0xD4EF_3085, 0x0488_1D05, 0xD9D4_D039, 0xE6DB_99E5, 0x1FA2_7CF8, 0xC4AC_5665,
        0xF429_2244, 0x432A_FF97, 0xAB94_23A7, 0xFC93_A039, 0x655B_59C3, 0x8F0C_CC92, 0xFFEF_F47D, 0x8584_5DD1,
        0x6FA8_7E4F, 0xFE2C_E6E0, 0xA301_4314, 0x4E08_11A1, 0xF753_7E82, 0xBD3A_F235, 0x2AD7_D2BB, 0xEB86_D391,
    ]
}
