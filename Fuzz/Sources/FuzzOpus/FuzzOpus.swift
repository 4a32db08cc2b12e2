import Addresses
import Audio
import AudioCodecs
import MediaSessions
import RTP
import Timeline

/// Payloads of Opus and G.722 that may be anything: a decoder gives at most the longest packet's samples, and a party that
/// is recorded and connected to one of another codec goes on.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOpus(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeRawBufferPointer(start: start, count: count)
    guard let first = input.first else { return 0 }
    let adapter = first & 1 == 0 ? CodecAdapter.opus : .g722
    let transcoder = adapter.make()
    var scene = Scene(adapter)
    var position = 1
    while position + 2 <= input.count {
        let (step, length) = (Int(input[position]), Int(input[position + 1]) * (1 + Int(first >> 5)))
        position += 2
        let end = min(position + length, input.count)
        let payload = UnsafeRawBufferPointer(rebasing: input[position..<end])
        position = end
        for isRepair in [true, false] {
            var samples: [Int16] = []
            if isRepair { transcoder.recover(before: payload, into: &samples) }
            if !isRepair { transcoder.decode(payload, into: &samples) }
            precondition(samples.count <= 6 * Int(adapter.sampleRate.rawValue) / 25, "samples from nowhere")
        }
        scene.send(payload, skipping: step)
    }
    scene.finish()
    return 0
}

private struct Scene {
    private static let party = MediaSessionID(rawValue: 1)
    private static let other = MediaSessionID(rawValue: 2)
    private var core: MediaCore
    private var now = Instant.zero
    private var output = MediaOutput()
    private var sequence: UInt16 = 0
    private var timestamp: UInt32 = 0
    private let step: UInt32

    init(_ adapter: CodecAdapter) {
        let clockRate: UInt32 = adapter.name == "opus" ? 48_000 : 8000
        step = clockRate / 50
        core = MediaCore(MediaCore.Options(adapters: [adapter]), seed: 1)
        let codec = AudioCodec.external(name: adapter.name, clockRate: clockRate)
        for (id, format) in [
            (Self.party, AudioAgreement.Format(111, codec)), (Self.other, AudioAgreement.Format(0, .g711(.pcmu))),
        ] {
            core.open(id, at: now, into: &output)
            let place = Endpoint(IPAddress(v4: UInt32(id.rawValue)), 4000)
            let target = MediaStreamTarget(rtp: place, rtcp: nil, signallingSource: place.address)
            core.receive(.describe(target, AudioAgreement([format])), for: id, at: now, into: &output)
            core.receive(.condition(.answered), for: id, at: now, into: &output)
        }
        let job = MediaJobID(rawValue: 1)
        core.receive(.record(job, RecordingOptions(), beep: nil), for: Self.party, at: now, into: &output)
        core.receive(.connect(job, Self.other), for: Self.party, at: now, into: &output)
    }

    mutating func send(_ payload: UnsafeRawBufferPointer, skipping packets: Int) {
        sequence &+= UInt16(packets & 3)
        timestamp &+= step &* UInt32(packets & 3)
        if packets & 0x80 != 0 { timestamp &-= UInt32(packets & 0x7F) &* 97 }
        var datagram: [UInt8] = []
        RTPPacket(
            payloadType: PayloadType(rawValue: 111), sequenceNumber: SequenceNumber(rawValue: sequence),
            timestamp: RTPTimestamp(rawValue: timestamp), source: SSRC(rawValue: 7)
        ).writeHeader(into: &datagram)
        datagram += payload
        datagram.withUnsafeBytes {
            core.receive(
                $0, from: Endpoint(IPAddress(v4: 1), 4000), .rtp, for: Self.party, at: now, into: &output)
        }
        now = now + .milliseconds(20)
        core.timeElapsed(at: now, into: &output)
        for datagram in output.datagrams where datagram.component == .rtp {
            precondition(datagram.count <= 1500, "a packet that does not fit")
        }
        output.removeAll()
    }

    mutating func finish() {
        for id in [Self.party, Self.other] { core.receive(.close, for: id, at: now, into: &output) }
        precondition(core.partyCount == 0, "a party is left")
    }
}
