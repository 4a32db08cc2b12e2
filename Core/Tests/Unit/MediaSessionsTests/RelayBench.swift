import Addresses
import MediaSessions
import RTP
import SDP
import Timeline

let callerSDP = Endpoint(IPAddress(v4: 0xC000_020A), 4_000)
let calleeSDP = Endpoint(IPAddress(v4: 0xC633_6414), 6_000)
let stranger = Endpoint(IPAddress(v4: 0xCB00_7103), 4_000)

extension Endpoint {
    /// The same host with another port.
    func port(_ port: UInt16) -> Endpoint { Endpoint(address, port) }
}

/// A relayed stream with a caller and a callee, and a clock.
struct RelayBench {
    /// One sender of RTP.
    struct Sender {
        var from: Endpoint
        var source: UInt32 = 0x1234
        var number: UInt16 = 100
        var timestamp: UInt32 = 0
    }

    var relay = MediaRelay()
    var now = Instant.zero

    /// Both parties described; `signalling` is where the caller's signalling comes from, its own address unless given.
    init(callerSignalling: IPAddress? = nil) {
        describe(.caller, callerSDP, signalling: callerSignalling)
        describe(.callee, calleeSDP)
    }

    mutating func describe(
        _ side: MediaSide, _ rtp: Endpoint?, rtcp: Endpoint? = nil, signalling: IPAddress? = nil, relearn: Bool = true
    ) {
        let sourceAddress = signalling ?? rtp?.address ?? (side == .caller ? callerSDP : calleeSDP).address
        relay.update(
            side,
            MediaStreamTarget(
                rtp: rtp, rtcp: rtcp ?? rtp.map { $0.port($0.port + 1) }, signallingSource: sourceAddress,
                relearn: relearn))
    }

    /// Sends one datagram to the port facing `side`; where it went.
    mutating func send(
        _ bytes: [UInt8], from source: Endpoint, to side: MediaSide = .caller, _ component: MediaRelay.Component = .rtp
    ) -> Endpoint? {
        let verdict = bytes.withUnsafeBytes { relay.receive($0, from: source, side, component, at: now) }
        if case .forward(let destination) = verdict { return destination }
        return nil
    }

    /// Sends the sender's next packets, 20 ms apart; where each went.
    mutating func send(_ count: Int, of sender: inout Sender, to side: MediaSide = .caller) -> [Endpoint?] {
        (0..<count).map { _ in
            let destination = send(Self.packet(of: sender), from: sender.from, to: side)
            sender.number &+= 1
            sender.timestamp &+= 160
            now = now + .milliseconds(20)
            return destination
        }
    }

    /// Where a packet from the callee goes at this moment.
    mutating func callerDestination() -> Endpoint? {
        send(Self.packet(of: Sender(from: calleeSDP)), from: calleeSDP, to: .callee)
    }

    static func packet(of sender: Sender) -> [UInt8] {
        var bytes: [UInt8] = []
        RTPPacket(
            payloadType: .pcmu, sequenceNumber: SequenceNumber(rawValue: sender.number),
            timestamp: RTPTimestamp(rawValue: sender.timestamp), source: SSRC(rawValue: sender.source)
        ).writeHeader(into: &bytes)
        return bytes + [UInt8](repeating: 0xD5, count: 160)
    }

    static let report: [UInt8] = [0x80, 201, 0, 1, 0, 0, 0, 5]
}
