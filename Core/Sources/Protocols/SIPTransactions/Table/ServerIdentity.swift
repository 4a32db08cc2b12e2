import SIPMessages

/// What a server transaction is found by.
struct ServerIdentity: Sendable, BitwiseCopyable {
    var method: Method
    /// Whether the transaction is matched by the rules of RFC 2543, so that the To tags count.
    var isLegacy: Bool
    /// Whether the request is entered among those whose copies are merged.
    var isMergeable: Bool
    /// The request's To tag, 0 if it has none; compared only if `isLegacy`.
    var requestToTag: UInt32
    /// The final response's To tag, which the ACK repeats; compared only if `isLegacy`.
    var responseToTag: UInt32 = 0
    /// The lower half of the fingerprint the transaction is found by.
    var key: UInt64
    /// The lower half of the fingerprint that copies of the request have in common.
    var mergeKey: UInt64
}
