import SIPMessages

/// Folds the failed attempts of a hunt into the answer that the caller sees (RFC 3261 §16.7 step 6).
///
/// A 6xx comes first. Then 486, the other 4xx that say something about the number or the call, 480, 408 and 487, then
/// 5xx with 503 last: a busy callee never becomes a missing carrier. What the switch makes up for itself comes last:
/// 408 for time-outs, 503 for unreachable or full peers. A peer's 401 or 407 that could not be answered, its 3xx,
/// which is not followed, and its 1xx or 2xx out of place never reach the caller: 503 and 502 stand for them. Of two
/// equal answers the earlier one, that of the better route, is kept.
public struct BestAnswer: Equatable, Sendable {
    /// The status to answer with.
    public private(set) var status: StatusCode
    /// The peer's reason phrase; empty where the switch made the answer.
    public private(set) var reason: [UInt8]
    /// Seconds of the peer's Retry-After; nil where it gave none.
    public private(set) var retryAfter: UInt32?
    /// The Q.850 cause that came with the answer (RFC 6432); nil where none did.
    public private(set) var cause: UInt8?
    /// The status that the peer sent, where `status` stands for another one; nil where the switch made the answer.
    public private(set) var peerStatus: StatusCode?
    private var rank: UInt8

    /// Before the first attempt: 503, which any attempt replaces.
    public init() {
        status = .serviceUnavailable
        reason = []
        rank = .max
    }

    /// Takes in one more outcome.
    public mutating func consider(
        _ outcome: AttemptOutcome, reason: [UInt8] = [], retryAfter: UInt32? = nil, cause: UInt8? = nil
    ) {
        let (status, rank, isPeers) = Self.place(outcome)
        guard rank < self.rank else { return }
        self.status = status
        self.rank = rank
        self.reason = isPeers ? reason : []
        self.retryAfter = isPeers ? retryAfter : nil
        self.cause = isPeers ? cause : nil
        peerStatus = if case .answered(let status) = outcome { status } else { nil }
    }

    /// What the caller would see of `outcome`, how it ranks (lower is better), and whether the words are the peer's.
    private static func place(_ outcome: AttemptOutcome) -> (status: StatusCode, rank: UInt8, isPeers: Bool) {
        switch outcome {
        case .answered(let status): return place(status)
        case .noAnswer: return (.requestTimeout, 100, false)
        case .noReply: return (.requestTimeout, 101, false)
        case .unreachable: return (.serviceUnavailable, 102, false)
        case .overCapacity: return (.serviceUnavailable, 103, false)
        }
    }

    private static func place(_ status: StatusCode) -> (status: StatusCode, rank: UInt8, isPeers: Bool) {
        switch status {
        case .unauthorized, .proxyAuthenticationRequired: return (.serviceUnavailable, 90, false)
        case .busyHere: return (status, 10, true)
        case .temporarilyUnavailable: return (status, 30, true)
        case .requestTimeout: return (status, 40, true)
        case .requestTerminated: return (status, 41, true)
        case .serviceUnavailable: return (status, 60, true)
        default: break
        }
        switch status.class {
        case 6: return (status, 0, true)
        case 4: return (status, 20, true)
        case 5: return (status, 50, true)
        default: return (.badGateway, 80, false)
        }
    }
}
