import Addresses
import RTP
import Timeline

/// A source that may be a party behind a NAT: it must prove itself with packets in order before anything is believed.
struct CandidateSource: Equatable, Sendable, BitwiseCopyable {
    /// Packets in order, without a gap, that make a source credible.
    static let packetsToProve = 4

    /// Where the packets come from.
    let endpoint: Endpoint
    /// The SSRC they carry.
    private var source: SSRC
    private var highest: SequenceNumber
    private var inOrder = 1
    /// When the last one came.
    private(set) var lastArrival: Instant
    /// How many came.
    private(set) var packets: UInt64 = 1

    init(_ packet: RTPPacket, from endpoint: Endpoint, at now: Instant) {
        self.endpoint = endpoint
        source = packet.source
        highest = packet.sequenceNumber
        lastArrival = now
    }

    /// Whether enough packets came in order.
    var isProven: Bool { inOrder >= Self.packetsToProve }

    /// Counts another packet; one that is not the next of its stream starts the count again.
    mutating func receive(_ packet: RTPPacket, at now: Instant) {
        let isNext = packet.source == source && packet.sequenceNumber == highest.next
        inOrder = isNext ? min(inOrder &+ 1, Self.packetsToProve) : 1
        source = packet.source
        highest = packet.sequenceNumber
        lastArrival = now
        packets &+= 1
    }
}
