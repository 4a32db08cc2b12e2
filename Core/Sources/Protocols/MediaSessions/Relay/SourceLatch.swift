import Addresses
import RTP
import Timeline

/// Decides which source speaks for one party of a stream, so that no stranger can take its place.
///
/// * The endpoint of the party's description is believed at once. While nothing is locked, media go there.
/// * Another source is a candidate only if it has the description's address (with another port) or the address that the
///   party's signalling comes from (a NAT). It must send four packets in order, and then wait until the learning window
///   is over, 250 ms from the first candidate's packet. One without a rival need not wait where the signalling's address
///   is not the described one: then there is a NAT, and the described endpoint will hardly ever speak. Candidates get
///   nothing and their packets go nowhere.
/// * A candidate's lock gives way to the described endpoint inside the window, and later only if both have one address.
/// * Everybody else is rejected, always. After the lock only the locked source is heard, until a new description with
///   another address opens a new window. An unchanged description (hold and resume, session refresh) opens none, and
///   one that takes a change back (a refused re-INVITE) takes the lock back, unless the new address has locked.
struct SourceLatch: Equatable, Sendable, BitwiseCopyable {
    enum State: Sendable, BitwiseCopyable {
        /// No description has named an address; left by one that does.
        case waiting
        /// The described endpoint or a candidate may lock; left by that.
        case learning
        /// One source is believed; left by a new description with another address.
        case locked
    }

    /// What becomes of a datagram.
    enum Admission: Sendable, BitwiseCopyable {
        /// It speaks for the party.
        case accepted
        /// It came from a candidate and is dropped without blame.
        case unproven
        /// It came from a stranger.
        case rejected
    }

    private struct FormerLock: Equatable, Sendable, BitwiseCopyable {
        var source: Endpoint
        var described: Endpoint
        var isExact: Bool
    }

    /// How long the described endpoint has precedence over candidates, from the first candidate's packet.
    static let learningWindow = Duration.milliseconds(250)

    private(set) var state = State.waiting
    /// The source that is believed; meaningful while locked.
    private(set) var source = Endpoint(IPAddress(v4: 0), 0)
    /// Whether the locked source is the described one.
    private(set) var isExact = false
    /// Packets of candidates that lost to another source.
    private(set) var disappointed: UInt64 = 0
    private var described = Endpoint(IPAddress(v4: 0), 0)
    private var signalling = IPAddress(v4: 0)
    private var candidate: CandidateSource?
    private var hasRival = false
    private var windowEnd: Instant?
    /// What was locked before the description changed. On another host than the new one it is no candidate: it may go
    /// on sending until it learns of the change.
    private var former: FormerLock?

    init() {}

    /// Where media for the party go: to the locked source, else where the description says.
    var destination: Endpoint? {
        switch state {
        case .waiting: nil
        case .learning: described
        case .locked: source
        }
    }

    /// Takes the endpoint of a new description.
    mutating func describe(_ endpoint: Endpoint, signalling address: IPAddress, relearn: Bool) {
        let isUnchanged =
            endpoint == described && (address == signalling || isExact || source.address == endpoint.address)
        signalling = address
        switch state {
        case .waiting:
            described = endpoint
            state = .learning
        case .learning:
            guard endpoint != described else { return }
            described = endpoint
            reopen()
            if let former, former.described == endpoint { lock(former.source, isExact: former.isExact) }
        case .locked:
            guard relearn, !isUnchanged else { return }
            former = FormerLock(source: source, described: described, isExact: isExact)
            described = endpoint
            if source == endpoint {
                lock(endpoint, isExact: true)
            } else {
                reopen()
            }
        }
    }

    private mutating func reopen() {
        disappoint()
        state = .learning
        isExact = false
        windowEnd = nil
        hasRival = false
    }

    /// Judges a datagram from `endpoint`; `packet` is its RTP header, nil where it has none.
    mutating func admit(_ endpoint: Endpoint, _ packet: RTPPacket?, at now: Instant) -> Admission {
        switch state {
        case .locked:
            if endpoint == source { return .accepted }
            guard !isExact, endpoint == described, isWindowOpen(at: now) || endpoint.address == source.address else {
                return .rejected
            }
            lock(endpoint, isExact: true)
            return .accepted
        case .learning:
            if endpoint == described {
                disappoint()
                lock(endpoint, isExact: true)
                return .accepted
            }
            guard let packet, endpoint.address == described.address || endpoint.address == signalling,
                endpoint != former?.source || endpoint.address == described.address
            else { return .rejected }
            return consider(endpoint, packet, at: now)
        case .waiting:
            return .rejected
        }
    }

    private func isWindowOpen(at now: Instant) -> Bool {
        guard let windowEnd else { return false }
        return now < windowEnd
    }

    private mutating func lock(_ endpoint: Endpoint, isExact exact: Bool) {
        state = .locked
        source = endpoint
        isExact = exact
        candidate = nil
        former = nil
    }

    /// Gives up the present candidate.
    private mutating func disappoint() {
        if let candidate { disappointed &+= candidate.packets }
        candidate = nil
    }

    private mutating func consider(_ endpoint: Endpoint, _ packet: RTPPacket, at now: Instant) -> Admission {
        if windowEnd == nil { windowEnd = now + Self.learningWindow }
        guard candidate?.endpoint == endpoint else {
            return introduce(endpoint, packet, at: now)
        }
        candidate?.receive(packet, at: now)
        let needNotWait = endpoint.address == signalling && described.address != signalling && !hasRival
        guard let candidate, candidate.isProven, needNotWait || !isWindowOpen(at: now) else { return .unproven }
        lock(endpoint, isExact: false)
        return .accepted
    }

    /// A source that is not the present candidate takes its place if that is gone or less likely: the described port,
    /// which many NATs keep, is likelier than any other.
    private mutating func introduce(_ endpoint: Endpoint, _ packet: RTPPacket, at now: Instant) -> Admission {
        if let present = candidate {
            let isGone = now - present.lastArrival > Self.learningWindow
            hasRival = !isGone
            let isLikelier = endpoint.port == described.port && present.endpoint.port != described.port
            guard isGone || isLikelier else { return .rejected }
            disappoint()
        }
        candidate = CandidateSource(packet, from: endpoint, at: now)
        return .unproven
    }
}
