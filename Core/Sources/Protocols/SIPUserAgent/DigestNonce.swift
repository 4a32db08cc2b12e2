import Timeline

/// A nonce that needs no memory to be recognised: time of issue, shard and number, signed with a secret key.
///
/// 24 bytes in 32 characters, or in 48 hexadecimal digits: 5 bytes of milliseconds, 1 of shard, 4 of number, 14 of SHA-256 over key and the rest. The
/// key and all lengths are fixed and the hash is cut, so that the simple keyed hash cannot be extended.
struct DigestNonce: Equatable, Sendable {
    /// Milliseconds of the process's time line, cut to 40 bits: 34 years.
    let milliseconds: UInt64
    /// The shard that issued it: only there is its use counted.
    let shard: UInt8
    /// Counts the nonces of the shard.
    let number: UInt32

    private typealias Bytes = InlineArray<24, UInt8>
    /// How many of the bytes are signed.
    private static let contentCount = 10

    /// Secret of the signatures.
    struct Signer: Sendable {
        private let key: [UInt8]
        private let sha256: @Sendable ([UInt8]) -> [UInt8]

        /// A key made from `secret` for nonces of `realm` and nothing else.
        init(secret: [UInt8], realm: [UInt8], functions: DigestFunctions) {
            sha256 = functions.sha256
            key = functions.sha256(Array("martlet digest nonce:".utf8) + functions.sha256(secret) + realm)
        }

        /// 32 bytes over the content.
        fileprivate func signature(of bytes: InlineArray<24, UInt8>) -> [UInt8] {
            var input: [UInt8] = []
            input.reserveCapacity(key.count + DigestNonce.contentCount)
            input.append(contentsOf: key)
            for position in 0..<DigestNonce.contentCount { input.append(bytes[position]) }
            return sha256(input)
        }
    }

    init(milliseconds: UInt64, shard: UInt8, number: UInt32) {
        self.milliseconds = milliseconds & 0xFF_FFFF_FFFF
        self.shard = shard
        self.number = number
    }

    /// The nonce that `text` holds; nil where we did not sign it. Takes the same time wherever the signature differs.
    init?(_ text: [UInt8], signedBy signer: Signer) {
        var bytes = Bytes(repeating: 0)
        let isWellFormed = Self.decode(text, into: &bytes)
        let signature = signer.signature(of: bytes)
        var difference: UInt8 = 0
        for position in Self.contentCount..<24 where position - Self.contentCount < signature.count {
            difference |= signature[position - Self.contentCount] ^ bytes[position]
        }
        guard isWellFormed && signature.count >= 14 && difference == 0 else { return nil }
        milliseconds = Self.number(in: bytes, 0..<5)
        shard = bytes[5]
        number = UInt32(truncatingIfNeeded: Self.number(in: bytes, 6..<10))
    }

    /// The 32 characters or 48 digits.
    func text(signedBy signer: Signer, inHexadecimal: Bool = false) -> [UInt8] {
        var bytes = Bytes(repeating: 0)
        for position in 0..<5 { bytes[position] = UInt8(truncatingIfNeeded: milliseconds >> UInt64(32 - 8 * position)) }
        bytes[5] = shard
        for position in 6..<10 { bytes[position] = UInt8(truncatingIfNeeded: number >> UInt32(72 - 8 * position)) }
        let signature = signer.signature(of: bytes)
        for position in 0..<min(14, signature.count) { bytes[Self.contentCount + position] = signature[position] }
        return inHexadecimal ? Self.hexadecimal(bytes) : Self.encode(bytes)
    }

    /// Milliseconds from issue to `now`; nil where it was issued later.
    func age(at now: UInt64) -> Duration? {
        let age = (now & 0xFF_FFFF_FFFF) &- milliseconds
        return age > 0xFF_FFFF_FFFF ? nil : .milliseconds(Int64(age))
    }

    private static func number(in bytes: Bytes, _ range: Range<Int>) -> UInt64 {
        var number: UInt64 = 0
        for position in range { number = number << 8 | UInt64(bytes[position]) }
        return number
    }

    /// Two digits a byte.
    private static func hexadecimal(_ bytes: Bytes) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return (0..<24).flatMap { [digits[Int(bytes[$0] >> 4)], digits[Int(bytes[$0] & 15)]] }
    }

    /// Six bits a character: letters, digits, `-` and `_`.
    private static func encode(_ bytes: Bytes) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(32)
        for group in 0..<8 {
            let bits = number(in: bytes, 3 * group..<3 * group + 3)
            text.append(character(UInt8(truncatingIfNeeded: bits >> 18 & 63)))
            text.append(character(UInt8(truncatingIfNeeded: bits >> 12 & 63)))
            text.append(character(UInt8(truncatingIfNeeded: bits >> 6 & 63)))
            text.append(character(UInt8(truncatingIfNeeded: bits & 63)))
        }
        return text
    }

    private static func character(_ value: UInt8) -> UInt8 {
        switch value {
        case 0..<26: value + 65
        case 26..<52: value + 71
        case 52..<62: value - 4
        case 62: UInt8(ascii: "-")
        default: UInt8(ascii: "_")
        }
    }

    /// Whether `text` is 32 such characters or 48 hexadecimal digits; `bytes` holds what they mean.
    private static func decode(_ text: [UInt8], into bytes: inout Bytes) -> Bool {
        if text.count == 48 { return decodeHexadecimal(text, into: &bytes) }
        guard text.count == 32 else { return false }
        for group in 0..<8 {
            var bits: UInt32 = 0
            for position in 4 * group..<4 * group + 4 {
                let value = value(of: text[position])
                guard value < 64 else { return false }
                bits = bits << 6 | UInt32(value)
            }
            bytes[3 * group] = UInt8(truncatingIfNeeded: bits >> 16)
            bytes[3 * group + 1] = UInt8(truncatingIfNeeded: bits >> 8)
            bytes[3 * group + 2] = UInt8(truncatingIfNeeded: bits)
        }
        return true
    }

    private static func decodeHexadecimal(_ text: [UInt8], into bytes: inout Bytes) -> Bool {
        for position in text.indices {
            let character = text[position]
            let digit: UInt8
            switch character {
            case 48...57: digit = character - 48
            case 97...102: digit = character - 87
            default: return false
            }
            bytes[position / 2] = bytes[position / 2] << 4 | digit
        }
        return true
    }

    /// What a character means; 255 for one of no meaning.
    private static func value(of character: UInt8) -> UInt8 {
        switch character {
        case 65...90: character - 65
        case 97...122: character - 71
        case 48...57: character + 4
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: 255
        }
    }
}

extension [UInt8] {
    /// Whether both hold the same text, upper case in `other` taken as lower; the time does not tell where they differ.
    func isEqualInConstantTime(to other: [UInt8]) -> Bool {
        guard count == other.count else { return false }
        var difference: UInt8 = 0
        for position in indices {
            let letter = other[position]
            difference |= self[position] ^ (letter >= 65 && letter <= 90 ? letter | 0x20 : letter)
        }
        return difference == 0
    }
}
