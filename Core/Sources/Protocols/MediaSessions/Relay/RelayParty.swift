import Addresses
import RTP
import SDP
import Timeline

/// One party of a relayed stream: who speaks for it, where it listens, and what came from it.
struct RelayParty: Equatable, Sendable, BitwiseCopyable {
    private(set) var latch = SourceLatch()
    private var control = ControlLatch()
    /// Whether its description names no place to send to (hold in the old form, or a refused stream).
    private var isMuted = false
    private var clockRates = ClockRates()
    private(set) var reception = RTPReceptionStatistics()
    private var bytes: UInt64 = 0
    private var rejected: UInt64 = 0
    private var controlPackets: UInt64 = 0
    /// Datagrams for this party that could not be sent.
    var sendFailures: UInt64 = 0
    /// When something was last accepted on the RTP port.
    private(set) var lastHeard: Instant?

    init() {}

    mutating func update(_ target: MediaStreamTarget) {
        clockRates = target.clockRates
        guard let rtp = target.rtp, rtp.port != 0, !rtp.address.isUnspecified else {
            isMuted = true
            return
        }
        isMuted = false
        let wasLocked = latch.state == .locked
        latch.describe(rtp, signalling: target.signallingSource, relearn: target.relearn)
        if target.relearn || !wasLocked { control.describe(target.rtcp, with: latch) }
    }

    /// Takes a datagram from the party's RTP port; whether it is to be relayed.
    mutating func hear(_ datagram: UnsafeRawBufferPointer, from source: Endpoint, at now: Instant) -> Bool {
        let packet = RTPPacket(datagram)
        guard !datagram.isEmpty else { return false }
        switch latch.admit(source, packet, at: now) {
        case .accepted: break
        case .unproven: return false
        case .rejected:
            rejected &+= 1
            return false
        }
        if let packet {
            reception.receive(packet, clockRate: clockRates[packet.payloadType.rawValue], at: now)
            bytes &+= UInt64(datagram.count)
        } else if RTCPPacket.isRTCP(datagram) {
            controlPackets &+= 1
            return true
        }
        lastHeard = now
        return true
    }

    /// Takes a datagram from the party's RTCP port; whether it is to be relayed.
    mutating func hearControl(_ datagram: UnsafeRawBufferPointer, from source: Endpoint) -> Bool {
        let isRTCP = RTCPPacket.isRTCP(datagram)
        guard !datagram.isEmpty, control.admits(source, isRTCP: isRTCP, with: latch) else {
            rejected &+= 1
            return false
        }
        controlPackets &+= 1
        return true
    }

    /// The described endpoint once it is locked.
    var settledSource: Endpoint? { latch.state == .locked && latch.isExact ? latch.source : nil }
    /// Where RTP for the party goes.
    var destination: Endpoint? { isMuted ? nil : latch.destination }
    /// Where RTCP for the party goes.
    var controlDestination: Endpoint? { isMuted ? nil : control.destination(with: latch) }

    var statistics: MediaStatistics {
        var statistics = MediaStatistics(
            packets: reception.packets, bytes: bytes, lost: reception.lost, jitter: reception.jitter,
            rejected: rejected &+ latch.disappointed)
        statistics.controlPackets = controlPackets
        statistics.sendFailures = sendFailures
        return statistics
    }
}
