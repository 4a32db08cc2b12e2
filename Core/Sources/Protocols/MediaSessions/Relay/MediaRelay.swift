import Addresses
import Timeline

/// One relayed stream: RTP and RTCP of two parties, whatever the codec, passed on unchanged.
///
/// Symmetric: what goes to a party leaves from the port where it sends to. `SourceLatch` says whom it believes.
public struct MediaRelay: Equatable, Sendable, BitwiseCopyable {
    /// Which of the two ports of a stream.
    public enum Component: UInt8, Sendable, BitwiseCopyable {
        case rtp
        case rtcp
    }

    /// What becomes of a datagram.
    public enum Verdict: Hashable, Sendable, BitwiseCopyable {
        /// It is sent to the other party, from the same component's port facing that party.
        case forward(to: Endpoint)
        /// It goes nowhere.
        case drop
    }

    private var caller = RelayParty()
    private var callee = RelayParty()

    public init() {}

    /// Takes what a party's description says of this stream.
    public mutating func update(_ side: MediaSide, _ target: MediaStreamTarget) {
        switch side {
        case .caller: caller.update(target)
        case .callee: callee.update(target)
        }
    }

    /// Judges a datagram that came to the port facing `side`.
    public mutating func receive(
        _ datagram: UnsafeRawBufferPointer, from source: Endpoint, _ side: MediaSide, _ component: Component,
        at now: Instant
    ) -> Verdict {
        switch side {
        case .caller: Self.relay(datagram, from: source, component, of: &caller, to: callee, at: now)
        case .callee: Self.relay(datagram, from: source, component, of: &callee, to: caller, at: now)
        }
    }

    /// What came from a party.
    public func statistics(of side: MediaSide) -> MediaStatistics {
        side == .caller ? caller.statistics : callee.statistics
    }

    /// When something was last accepted on the RTP port facing a party; RTCP does not count.
    public func lastHeard(_ side: MediaSide) -> Instant? {
        side == .caller ? caller.lastHeard : callee.lastHeard
    }

    /// Notes that the system refused a datagram for a party.
    public mutating func sendFailed(to side: MediaSide) {
        switch side {
        case .caller: caller.sendFailures &+= 1
        case .callee: callee.sendFailures &+= 1
        }
    }

    @inline(__always)
    private static func relay(
        _ datagram: UnsafeRawBufferPointer, from source: Endpoint, _ component: Component,
        of party: inout RelayParty, to other: borrowing RelayParty, at now: Instant
    ) -> Verdict {
        let destination: Endpoint?
        switch component {
        case .rtp:
            guard party.hear(datagram, from: source, at: now) else { return .drop }
            destination = other.destination
        case .rtcp:
            guard party.hearControl(datagram, from: source) else { return .drop }
            destination = other.controlDestination
        }
        guard let destination else { return .drop }
        return .forward(to: destination)
    }
}
