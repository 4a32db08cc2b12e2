import Timeline

/// A nonce that needs no memory to be recognised: time of issue, shard and number, signed with a secret key.
///
/// 24 bytes in 32 characters: 5 bytes of milliseconds, 1 of shard, 4 of number, 14 of SHA-256 over key and the rest. The
/// key and all lengths are fixed and the hash is cut, so that the simple keyed hash cannot be extended.
struct DigestNonce: Equatable, Sendable {
    /// Milliseconds of the process's time line, cut to 40 bits: 34 years.
    var milliseconds: UInt64
    /// The shard that issued it: only there is its use counted.
    var shard: UInt8
    /// Counts the nonces of the shard.
    var number: UInt32

    /// Secret of the signatures.
    struct Signer: Sendable {
        private let key: [UInt8]
        private let sha256: @Sendable ([UInt8]) -> [UInt8]

        /// A key made from `secret` for nonces of `realm` and nothing else.
        init(secret: [UInt8], realm: [UInt8], functions: DigestFunctions) {
            sha256 = functions.sha256
            key = functions.sha256(Array("martlet digest nonce:".utf8) + functions.sha256(secret) + realm)
        }

        fileprivate func signature(_ content: [UInt8]) -> ArraySlice<UInt8> { sha256(key + content).prefix(14) }
    }

    /// The 32 characters.
    func text(signedBy signer: Signer) -> [UInt8] {
        var content: [UInt8] = []
        content.reserveCapacity(24)
        for shift in 0..<UInt64(5) { content.append(UInt8(truncatingIfNeeded: milliseconds >> (32 - 8 * shift))) }
        content.append(shard)
        for shift in 0..<UInt32(4) { content.append(UInt8(truncatingIfNeeded: number >> (24 - 8 * shift))) }
        content.append(contentsOf: signer.signature(content))
        return Self.encode(content)
    }

    init(milliseconds: UInt64, shard: UInt8, number: UInt32) {
        self.milliseconds = milliseconds & 0xFF_FFFF_FFFF
        self.shard = shard
        self.number = number
    }

    /// The nonce that `text` holds; nil where we did not sign it. Takes the same time wherever the signature differs.
    init?(_ text: [UInt8], signedBy signer: Signer) {
        guard let bytes = Self.decode(text), bytes.count == 24 else {
            _ = signer.signature(Array(repeating: 0, count: 10))
            return nil
        }
        let isGenuine = signer.signature(Array(bytes[..<10])).isEqualInConstantTime(to: bytes[10...])
        guard isGenuine else { return nil }
        milliseconds = bytes[..<5].reduce(0) { $0 << 8 | UInt64($1) }
        shard = bytes[5]
        number = bytes[6..<10].reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Milliseconds from issue to `now`; nil where it was issued later.
    func age(at now: UInt64) -> Duration? {
        let age = (now & 0xFF_FFFF_FFFF) &- milliseconds
        return age > 0xFF_FFFF_FFFF ? nil : .milliseconds(Int64(age))
    }

    /// Six bits a character: letters, digits, `-` and `_`. The count of `bytes` is a multiple of 3.
    private static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count / 3 * 4)
        for group in stride(from: 0, to: bytes.count, by: 3) {
            let bits = UInt32(bytes[group]) << 16 | UInt32(bytes[group + 1]) << 8 | UInt32(bytes[group + 2])
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

    private static func decode(_ text: [UInt8]) -> [UInt8]? {
        guard text.count == 32 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(24)
        var bits: UInt32 = 0
        for (position, byte) in text.enumerated() {
            guard let value = value(of: byte) else { return nil }
            bits = bits << 6 | UInt32(value)
            guard position & 3 == 3 else { continue }
            bytes.append(UInt8(truncatingIfNeeded: bits >> 16))
            bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
            bytes.append(UInt8(truncatingIfNeeded: bits))
            bits = 0
        }
        return bytes
    }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case 65...90: character - 65
        case 97...122: character - 71
        case 48...57: character + 4
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}

extension Collection<UInt8> {
    /// Whether both hold the same bytes; the time does not tell where they differ.
    func isEqualInConstantTime(to other: some Collection<UInt8>) -> Bool {
        guard count == other.count else { return false }
        var difference: UInt8 = 0
        for (left, right) in zip(self, other) { difference |= left ^ right }
        return difference == 0
    }
}
