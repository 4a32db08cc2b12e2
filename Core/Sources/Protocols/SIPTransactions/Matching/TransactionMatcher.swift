import SIPMessages
import Timeline

/// Computes what requests are matched by: RFC 3261 §17.2.3 for server transactions, §8.2.2.2 for merged requests.
struct TransactionMatcher: Sendable {
    private let key: (UInt64, UInt64)

    init(seed: UInt64) {
        var source = IdentifierSource(seed: seed)
        key = (source.next(), source.next())
    }

    /// Whether a request is matched by its branch; otherwise the rules of RFC 2543 hold.
    static func matchesByBranch(_ message: SIPMessage) -> Bool {
        message.hasMagicCookie && message.branch != nil
    }

    /// The key of the server transaction that a request belongs to. The method is not part of it, and under the rules of
    /// RFC 2543 the To tag is not either: the table compares both. A response has the key of its request if the branch
    /// has the magic cookie.
    func key(of message: SIPMessage) -> Fingerprint {
        var hash = SeededHash(key: key)
        if message.hasMagicCookie, let branch = message.branch {
            let via = message.via
            hash.combine(1 << 32 | UInt64(via.port ?? 0))
            hash.combine(message.bytes, branch)
            hash.close()
            hash.combineFolded(message.bytes, via.host)
            hash.close()
            return hash.finish()
        }
        hash.combine(2 << 32 | UInt64(message.cSeq.number))
        if case .request(_, _, let uri) = message.startLine { hash.combine(message.bytes, uri) }
        hash.close()
        if let tag = message.from.tag { hash.combine(message.bytes, tag) }
        hash.close()
        hash.combine(message.bytes, message.callID)
        hash.close()
        hash.combine(message.bytes, message.via.value)
        hash.close()
        return hash.finish()
    }

    /// What two copies of one request that came over different paths have in common: From tag, Call-ID and CSeq.
    func mergeKey(of message: SIPMessage) -> Fingerprint {
        var hash = SeededHash(key: key)
        hash.combine(3 << 32 | UInt64(message.cSeq.number))
        hash.combine(message.bytes, message.cSeq.methodToken)
        hash.close()
        if let tag = message.from.tag { hash.combine(message.bytes, tag) }
        hash.close()
        hash.combine(message.bytes, message.callID)
        hash.close()
        return hash.finish()
    }

    /// 32 bits that stand for the To tag; 0 when there is none.
    func toTag(of message: SIPMessage) -> UInt32 {
        guard let tag = message.to.tag else { return 0 }
        var hash = SeededHash(key: key)
        hash.combine(4 << 32)
        hash.combine(message.bytes, tag)
        hash.close()
        return UInt32(truncatingIfNeeded: hash.finish().low) | 1
    }

    /// The 40 bits nobody can guess in the branch of a client transaction.
    func nonce(of handle: SlotHandle) -> UInt64 {
        var hash = SeededHash(key: key)
        hash.combine(5 << 32)
        hash.combine(handle.rawValue)
        return hash.finish().low & 0xFF_FFFF_FFFF
    }
}
