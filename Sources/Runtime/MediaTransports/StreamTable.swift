import Addresses
import MediaSessions
import PacketLoop

/// All streams of a shard in dense storage, with the sockets and ports they hold.
struct StreamTable {
    private let options: MediaShardOptions
    private let loop: PacketLoop
    private var streams: [RelayedStream?] = []
    private var free: [Int] = []
    private var pools: [IPAddress: PortPool] = [:]
    /// Sockets that are open.
    private(set) var socketCount = 0

    init(_ options: MediaShardOptions, on loop: PacketLoop) {
        self.options = options
        self.loop = loop
    }

    /// The stream at a position; nil where it was closed.
    @inline(__always)
    subscript(position: Int) -> RelayedStream? { streams[position] }

    /// Opens the sockets of a stream; its position, or nil when ports or sockets are used up.
    mutating func open(caller: IPAddress, callee: IPAddress) -> Int? {
        guard socketCount + RelayedStream.socketCount <= options.maximumSockets,
            let callerPair = openPair(on: caller)
        else { return nil }
        guard let calleePair = openPair(on: callee) else {
            close(callerPair)
            return nil
        }
        let stream = RelayedStream(caller: callerPair, callee: calleePair)
        let position = free.popLast() ?? streams.count
        if position == streams.count { streams.append(stream) } else { streams[position] = stream }
        socketCount += RelayedStream.socketCount
        guard watch(stream, at: position) else {
            close(position)
            return nil
        }
        return position
    }

    /// Closes the sockets of a stream, whose position and ports are free again.
    mutating func close(_ position: Int) {
        guard let stream = streams[position].take() else { return }
        close(stream.caller)
        close(stream.callee)
        free.append(position)
        socketCount -= RelayedStream.socketCount
    }

    /// Opens and watches the sockets of an application's party, which announces itself with these tokens; nil when ports
    /// or sockets are used up.
    mutating func openParty(on address: IPAddress, _ tokens: (rtp: UInt32, rtcp: UInt32)) -> SocketPair? {
        guard socketCount + 2 <= options.maximumSockets, let pair = openPair(on: address) else { return nil }
        do {
            try loop.watch(pair.rtp, token: tokens.rtp)
            try loop.watch(pair.rtcp, token: tokens.rtcp)
        } catch {
            close(pair)
            return nil
        }
        socketCount += 2
        return pair
    }

    mutating func closeParty(_ pair: SocketPair) {
        close(pair)
        socketCount -= 2
    }

    /// Closes everything.
    mutating func closeAll() {
        for position in streams.indices { close(position) }
    }

    private func watch(_ stream: RelayedStream, at position: Int) -> Bool {
        do {
            for side in [MediaSide.caller, .callee] {
                for component in [MediaRelay.Component.rtp, .rtcp] {
                    let token = SocketToken(stream: position, side: side, component: component)
                    try loop.watch(stream.socket(side, component), token: token.rawValue)
                }
            }
            return true
        } catch {
            return false
        }
    }

    private mutating func openPair(on address: IPAddress) -> SocketPair? {
        SocketPair(
            on: address, from: &pools[address, default: PortPool(options.ports)], typeOfService: options.typeOfService)
    }

    /// The kernel forgets a watched socket when it is closed.
    private mutating func close(_ pair: SocketPair) {
        pair.close()
        pools[pair.rtp.local.address]?.giveBack(pair.port)
    }
}
