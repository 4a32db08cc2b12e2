import Addresses
import MediaSessions
import PacketLoop

/// One relayed stream: its four sockets, and who may speak through them.
struct RelayedStream {
    let caller: SocketPair
    let callee: SocketPair
    var relay = MediaRelay()

    init(caller: SocketPair, callee: SocketPair) {
        self.caller = caller
        self.callee = callee
    }

    /// How many sockets a stream takes.
    static let socketCount = 4

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
}

/// Names one socket of one stream as the loop announces it: the stream's position, its side and its component.
struct SocketToken {
    let rawValue: UInt32

    init(rawValue: UInt32) { self.rawValue = rawValue }

    init(stream: Int, side: MediaSide, component: MediaRelay.Component) {
        rawValue = UInt32(truncatingIfNeeded: stream) << 2 | UInt32(side.rawValue) << 1 | UInt32(component.rawValue)
    }

    /// The position of the stream.
    var stream: Int { Int(rawValue >> 2) }
    /// The side that the socket faces.
    var side: MediaSide { rawValue & 2 == 0 ? .caller : .callee }
    /// What the socket is for.
    var component: MediaRelay.Component { rawValue & 1 == 0 ? .rtp : .rtcp }
}
