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

        init(to destination: Endpoint?) {
            if let destination { self = .forward(to: destination) } else { self = .drop }
        }
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
        switch (side, component) {
        case (.caller, .rtp):
            guard caller.hear(datagram, from: source, at: now) else { return .drop }
            return Verdict(to: callee.destination)
        case (.callee, .rtp):
            guard callee.hear(datagram, from: source, at: now) else { return .drop }
            return Verdict(to: caller.destination)
        case (.caller, .rtcp):
            guard caller.hearControl(datagram, from: source) else { return .drop }
            return Verdict(to: callee.controlDestination)
        case (.callee, .rtcp):
            guard callee.hearControl(datagram, from: source) else { return .drop }
            return Verdict(to: caller.controlDestination)
        }
    }

    /// What came from a party.
    public func statistics(of side: MediaSide) -> MediaStatistics {
        side == .caller ? caller.statistics : callee.statistics
    }

    /// The only source that can speak for a party until its next description, where that is also the only place its
    /// media go to: the described endpoint, once locked. Nil while another may still be believed.
    public func settledSource(of side: MediaSide) -> Endpoint? {
        side == .caller ? caller.settledSource : callee.settledSource
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
}
