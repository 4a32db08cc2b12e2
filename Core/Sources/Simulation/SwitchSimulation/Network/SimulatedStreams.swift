import Addresses
import Timeline

/// The streams between the switch and callers that use one, at most one each: in order, and without loss until they
/// close. What is on its way then is lost.
struct SimulatedStreams: Sendable {
    private struct Stream: Sendable {
        let number: UInt32
        var lastToSwitch = Instant.zero
        var lastToPeer = Instant.zero
        var onTheirWay = 0
    }

    private var streams: [Endpoint: Stream] = [:]
    private var lastNumber: UInt32 = 0

    /// The number of the stream to `peer`, which is opened where there is none.
    mutating func number(to peer: Endpoint) -> UInt32 {
        if let stream = streams[peer] { return stream.number }
        lastNumber += 1
        streams[peer] = Stream(number: lastNumber)
        return lastNumber
    }

    /// Sends something over the open stream of `packet`; the result is when it arrives, not before what was sent earlier.
    mutating func send(_ packet: Packet, arrivingAt instant: Instant) -> Instant {
        guard var stream = streams[packet.peer] else { return instant }
        let arrival = max(instant, packet.isFromSwitch ? stream.lastToPeer : stream.lastToSwitch)
        if packet.isFromSwitch { stream.lastToPeer = arrival } else { stream.lastToSwitch = arrival }
        stream.onTheirWay += 1
        streams[packet.peer] = stream
        return arrival
    }

    /// Takes a packet off its stream; false where that has closed in the meantime.
    mutating func arrived(_ packet: Packet) -> Bool {
        guard packet.stream != 0 else { return true }
        guard streams[packet.peer]?.number == packet.stream else { return false }
        streams[packet.peer]?.onTheirWay -= 1
        return true
    }

    /// Whether nothing is on its way to or from `peer`.
    func isIdle(_ peer: Endpoint) -> Bool { streams[peer].map { $0.onTheirWay == 0 } ?? true }

    /// Closes the stream to `peer`; the result is its number, nil where none is open.
    mutating func close(_ peer: Endpoint) -> UInt32? { streams.removeValue(forKey: peer)?.number }

    /// Closes all streams.
    mutating func closeAll() { streams = [:] }
}
