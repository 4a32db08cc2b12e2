import Addresses
import MediaSessions
import PacketLoop
import Timeline

/// One relayed stream: its four sockets, and who may speak through them.
///
/// An object, so that its table can grow without moving it and a packet is judged in place.
final class RelayedStream {
    /// How many sockets a stream takes.
    static let socketCount = 4

    let caller: SocketPair
    let callee: SocketPair
    private(set) var relay = MediaRelay()
    /// The peers that the RTP sockets are connected to: the kernel keeps strangers off, and finds the way once.
    private var callerPeer: Endpoint?
    private var calleePeer: Endpoint?

    init(caller: SocketPair, callee: SocketPair) {
        self.caller = caller
        self.callee = callee
    }

    /// The socket that faces a party.
    @inline(__always)
    func socket(_ side: MediaSide, _ component: MediaRelay.Component) -> UDPSocket {
        switch (side, component) {
        case (.caller, .rtp): caller.rtp
        case (.caller, .rtcp): caller.rtcp
        case (.callee, .rtp): callee.rtp
        case (.callee, .rtcp): callee.rtcp
        }
    }

    /// Takes one datagram from a socket that has one, and sends it on if the relay says so.
    ///
    /// No error concerns more than this datagram; the kernel may also say here that an earlier one was refused by its
    /// receiver.
    @inline(__always)
    func relayOne(
        _ side: MediaSide, _ component: MediaRelay.Component, through buffer: UnsafeMutableRawBufferPointer,
        at now: Instant
    ) {
        var source = SocketAddress(Endpoint(IPAddress(v4: 0), 0))
        let count = socket(side, component).receive(into: buffer, from: &source)
        guard count >= 0 else { return }
        let datagram = UnsafeRawBufferPointer(start: buffer.baseAddress, count: count)
        let verdict = relay.receive(datagram, from: source.endpoint, side, component, at: now)
        if component == .rtp && peer(side) == nil { settle(side) }
        guard case .forward(let destination) = verdict else { return }
        if !send(datagram, to: destination, side.other, component) { relay.sendFailed(to: side.other) }
    }

    /// Takes what a party's new description says.
    func update(_ side: MediaSide, _ target: MediaStreamTarget) {
        relay.update(side, target)
        guard let peer = peer(side), relay.settledSource(of: side) != peer else { return }
        socket(side, .rtp).disconnect()
        setPeer(side, nil)
    }

    @inline(__always)
    private func send(
        _ datagram: UnsafeRawBufferPointer, to destination: Endpoint, _ side: MediaSide,
        _ component: MediaRelay.Component
    ) -> Bool {
        let way = socket(side, component)
        if component == .rtp && peer(side) == destination { return way.sendToPeer(datagram) == 0 }
        return destination.address.isIPv6 == way.local.address.isIPv6
            && way.send(datagram, to: SocketAddress(destination)) == 0
    }

    @inline(__always)
    private func peer(_ side: MediaSide) -> Endpoint? { side == .caller ? callerPeer : calleePeer }

    private func setPeer(_ side: MediaSide, _ peer: Endpoint?) {
        switch side {
        case .caller: callerPeer = peer
        case .callee: calleePeer = peer
        }
    }

    /// Connects a party's RTP socket once nobody else can be believed on it.
    private func settle(_ side: MediaSide) {
        guard let settled = relay.settledSource(of: side), socket(side, .rtp).connect(to: SocketAddress(settled)) else {
            return
        }
        setPeer(side, settled)
    }
}

/// Names one socket as the loop announces it: the stream's position, its side and its component, or the position of an
/// application's party and the component.
struct SocketToken {
    let rawValue: UInt32

    init(rawValue: UInt32) { self.rawValue = rawValue }

    init(stream: Int, side: MediaSide, component: MediaRelay.Component) {
        rawValue = UInt32(truncatingIfNeeded: stream) << 2 | UInt32(side.rawValue) << 1 | UInt32(component.rawValue)
    }

    init(party: Int, component: MediaRelay.Component) {
        rawValue = Self.partyBit | UInt32(truncatingIfNeeded: party) << 1 | UInt32(component.rawValue)
    }

    private static let partyBit: UInt32 = 1 << 31

    /// The position of the application's party; nil where the socket is of a relayed stream.
    var party: Int? { rawValue & Self.partyBit == 0 ? nil : Int((rawValue & ~Self.partyBit) >> 1) }
    /// The position of the stream.
    var stream: Int { Int(rawValue >> 2) }
    /// The side that the socket faces.
    var side: MediaSide { rawValue & 2 == 0 ? .caller : .callee }
    /// What the socket is for.
    var component: MediaRelay.Component { rawValue & 1 == 0 ? .rtp : .rtcp }
}
