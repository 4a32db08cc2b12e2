import SIPMessages
import Timeline

/// The branches that client transactions write into their Via: the magic cookie, then digits of the token alphabet for
/// shard (2), slot index (6), generation (7) and nonce (8). They tell where the response belongs without a look-up.
public enum TransactionBranch {
    /// The beginning of every branch since RFC 3261 (§8.1.1.7).
    static let cookie: StaticString = "z9hG4bK"
    /// Bytes in a branch of ours.
    public static let length = 30

    /// The shard that wrote a branch, if it has our form; what else stands in it is for that shard to check.
    public static func shard(of branch: ByteRange, in bytes: [UInt8]) -> UInt8? {
        guard branch.count == length, branch.end <= bytes.count else { return nil }
        return IdentifierSource.shard(in: bytes, at: Int(branch.offset) + 7)
    }

    static func append(shard: UInt8, handle: SlotHandle, nonce: UInt64, to bytes: inout [UInt8]) {
        appendCookie(to: &bytes)
        IdentifierSource.append(shard: shard, to: &bytes)
        IdentifierSource.append(UInt64(handle.index), digits: 6, to: &bytes)
        IdentifierSource.append(UInt64(handle.generation), digits: 7, to: &bytes)
        IdentifierSource.append(nonce, digits: 8, to: &bytes)
    }

    static func appendCookie(to bytes: inout [UInt8]) {
        cookie.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// What a branch of our form claims; the caller compares shard and nonce.
    static func parse(_ branch: ByteRange, in bytes: [UInt8]) -> (shard: UInt8, handle: SlotHandle, nonce: UInt64)? {
        guard let shard = shard(of: branch, in: bytes) else { return nil }
        let start = Int(branch.offset)
        guard let index = IdentifierSource.number(in: bytes, at: start + 9, digits: 6),
            let generation = IdentifierSource.number(in: bytes, at: start + 15, digits: 7),
            let nonce = IdentifierSource.number(in: bytes, at: start + 22, digits: 8),
            let handleGeneration = UInt32(exactly: generation)
        else { return nil }
        return (shard, SlotHandle(index: UInt32(truncatingIfNeeded: index), generation: handleGeneration), nonce)
    }
}
