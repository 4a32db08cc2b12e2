import Addresses
import RTP

/// Decides which source speaks RTCP for one party of a stream: the one its description names, or, once the RTP source
/// is locked, the first with the same address.
struct ControlLatch: Equatable, Sendable, BitwiseCopyable {
    private var described: Endpoint?
    private var source: Endpoint?

    init() {}

    /// Takes the RTCP endpoint of a new description; a changed one, or an RTP source still to be learnt, forgets the
    /// source.
    mutating func describe(_ endpoint: Endpoint?, with latch: SourceLatch) {
        if endpoint != described || latch.state != .locked { source = nil }
        described = endpoint
    }

    /// Whether a datagram from `endpoint` speaks for the party whose RTP source is `latch`.
    mutating func admits(_ endpoint: Endpoint, isRTCP: Bool, with latch: SourceLatch) -> Bool {
        if endpoint == source { return latch.state != .waiting }
        switch latch.state {
        case .waiting: return false
        case .learning:
            guard endpoint == described else { return false }
        case .locked:
            let isNeighbour = isRTCP && source == nil && endpoint.address == latch.source.address
            guard endpoint == described || isNeighbour else { return false }
        }
        source = endpoint
        return true
    }

    /// Where RTCP for the party goes: to its source, else where the description says, but beside a locked RTP source
    /// that the description does not name.
    func destination(with latch: SourceLatch) -> Endpoint? {
        if let source { return source }
        switch latch.state {
        case .waiting: return nil
        case .learning: return described
        case .locked:
            if latch.isExact { return described }
            return latch.source.port == .max ? nil : Endpoint(latch.source.address, latch.source.port &+ 1)
        }
    }
}
