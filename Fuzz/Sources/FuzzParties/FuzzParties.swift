import Addresses
import Audio
import MediaSessions
import RTP
import Timeline

/// Two connected parties, one of them recorded and listened to, that get any datagrams in any timing: nothing traps,
/// what is recorded can be played, and what is sent is RTP.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzParties(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeRawBufferPointer(start: start, count: count)
    guard let first = input.first else { return 0 }
    var scene = Scene(isConnected: first & 1 == 0, takesEvents: first & 2 == 0)
    var position = 1
    while position + 3 <= input.count {
        let (kind, time, length) = (input[position], Int(input[position + 1]), Int(input[position + 2]))
        position += 3
        let end = min(position + length, input.count)
        scene.step(kind, UnsafeRawBufferPointer(rebasing: input[position..<end]), after: .milliseconds(time & 0x3F))
        position = end
    }
    scene.finish()
    return 0
}

private struct Scene {
    private var core = MediaCore(seed: 1)
    private var now = Instant.zero
    private var output = MediaOutput()
    private var file: [UInt8] = []
    private let party = MediaSessionID(rawValue: 1)
    private let other = MediaSessionID(rawValue: 2)

    init(isConnected: Bool, takesEvents: Bool) {
        var settings = PartySettings()
        settings.toneHearing = .always
        for (id, codec) in [(party, G711Codec.pcmu), (other, .pcma)] {
            core.open(id, settings, at: now, into: &output)
            let place = Endpoint(IPAddress(v4: UInt32(id.rawValue)), 4000)
            let target = MediaStreamTarget(rtp: place, rtcp: nil, signallingSource: place.address)
            let formats = [AudioAgreement.Format(codec.payloadType, .g711(codec)), .init(97, .linear(.wideband))]
            core.receive(
                .describe(target, AudioAgreement(formats, telephoneEvents: takesEvents || id == party ? 101 : nil)),
                for: id, at: now, into: &output)
            core.receive(.condition(.answered), for: id, at: now, into: &output)
        }
        let job = MediaJobID(rawValue: 1)
        core.receive(.record(job, RecordingOptions(.imaADPCM), beep: nil), for: party, at: now, into: &output)
        if isConnected { core.receive(.connect(job, other), for: party, at: now, into: &output) }
    }

    /// One datagram; its upper bits say where it comes from and whether a good RTP header stands before it.
    mutating func step(_ kind: UInt8, _ bytes: UnsafeRawBufferPointer, after duration: Duration) {
        now = now + duration
        if let deadline = core.nextDeadline, deadline <= now { core.timeElapsed(at: now, into: &output) }
        var datagram: [UInt8] = []
        if kind & 0x80 != 0, bytes.count >= 7 {
            let header = RTPPacket(
                payloadType: PayloadType(rawValue: [0, 8, 97, 101, 13, 5, 0, 101][Int(bytes[0] & 7)]),
                sequenceNumber: SequenceNumber(rawValue: UInt16(bytes[1]) << 8 | UInt16(bytes[2])),
                timestamp: RTPTimestamp(rawValue: UInt32(bytes[3]) << 24 | UInt32(bytes[4]) << 8 | UInt32(bytes[5])),
                source: SSRC(rawValue: UInt32(bytes[6] & 1)))
            header.writeHeader(into: &datagram)
            datagram += bytes.dropFirst(7)
        } else {
            datagram += bytes
        }
        let id = kind & 1 == 0 ? party : other
        let source = Endpoint(IPAddress(v4: UInt32(id.rawValue) + UInt32(kind >> 3 & 1)), 4000 + UInt16(kind >> 4 & 1))
        datagram.withUnsafeBytes {
            core.receive($0, from: source, kind & 0x06 == 0x06 ? .rtcp : .rtp, for: id, at: now, into: &output)
        }
        collect()
    }

    mutating func finish() {
        core.receive(.close, for: party, at: now, into: &output)
        core.receive(.close, for: other, at: now, into: &output)
        collect()
        precondition(core.nextDeadline == nil && core.partyCount == 0, "a party is left")
        precondition((try? AudioClip(parsing: file)) != nil, "the recording cannot be played")
    }

    private mutating func collect() {
        for datagram in output.datagrams where datagram.component == .rtp {
            precondition(RTPPacket(output.payload(of: datagram)) != nil, "what is sent is no RTP")
        }
        for case (_, .write(_, let bytes, let offset)) in output.events {
            let end = offset + bytes.count
            if file.count < end { file += [UInt8](repeating: 0, count: end - file.count) }
            file.replaceSubrange(offset..<end, with: bytes)
        }
        output.removeAll()
    }
}
