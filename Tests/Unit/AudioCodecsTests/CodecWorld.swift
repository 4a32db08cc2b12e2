import Addresses
import Audio
import AudioCodecs
import MediaSessions
import RTP
import Timeline

/// A media core with the libraries' codecs in virtual time, whose parties say tones and keep what they hear.
struct CodecWorld {
    /// One direction of a phone's codec.
    enum Coder {
        case law(G711Codec)
        case linear(SampleRate)
        case library(any AudioTranscoder)

        init(_ codec: AudioCodec) {
            switch codec {
            case .g711(let law): self = .law(law)
            case .linear(let rate): self = .linear(rate)
            case .external("opus", _): self = .library(CodecAdapter.opus.make())
            case .external: self = .library(CodecAdapter.g722.make())
            }
        }

        func encode(_ samples: [Int16]) -> [UInt8] {
            var bytes: [UInt8] = []
            switch self {
            case .law(let law): bytes = law.encode(samples)
            case .linear(let rate):
                for sample in Resampler.convert(samples, from: .narrowband, to: rate) {
                    bytes += [UInt8(truncatingIfNeeded: sample >> 8), UInt8(truncatingIfNeeded: sample)]
                }
            case .library(let transcoder): samples.withUnsafeBufferPointer { transcoder.encode($0, into: &bytes) }
            }
            return bytes
        }

        func decode(_ payload: [UInt8]) -> [Int16] {
            var samples: [Int16] = []
            switch self {
            case .law(let law): samples = law.decode(payload)
            case .linear(let rate):
                let own = stride(from: 0, to: payload.count - 1, by: 2).map {
                    Int16(bitPattern: UInt16(payload[$0]) << 8 | UInt16(payload[$0 + 1]))
                }
                samples = Resampler.convert(own, from: rate, to: .narrowband)
            case .library(let transcoder): payload.withUnsafeBytes { transcoder.decode($0, into: &samples) }
            }
            return samples
        }
    }

    struct Phone {
        let codec: AudioCodec
        let payloadType: UInt8
        let mouth: Coder
        let ear: Coder
        /// What it says; silence afterwards.
        var speech: [Int16] = []
        var position = 0
        var sequence: UInt16 = 65_500
        var timestamp: UInt32 = 0xFFFF_F000
        /// RTP headers and payloads, in order of arrival.
        var packets: [(packet: RTPPacket, payload: [UInt8])] = []
        var heard: [Int16] = []
    }

    private var core = MediaCore(MediaCore.Options(adapters: CodecAdapter.libraries), seed: 5)
    private var output = MediaOutput()
    private var now = Instant.zero
    private(set) var phones: [UInt64: Phone] = [:]
    private(set) var events: [(party: UInt64, event: PartyEvent)] = []

    private static func endpoint(_ id: UInt64) -> Endpoint { Endpoint(IPAddress(v4: 0xC000_0200 + UInt32(id)), 40_000) }

    /// Opens an answered party that knows one codec.
    mutating func answer(_ id: UInt64, _ codec: AudioCodec, type: UInt8 = 96, events: UInt8? = 101) {
        core.open(MediaSessionID(rawValue: id), at: now, into: &output)
        phones[id] = Phone(codec: codec, payloadType: type, mouth: Coder(codec), ear: Coder(codec))
        let place = Self.endpoint(id)
        let target = MediaStreamTarget(rtp: place, rtcp: nil, signallingSource: place.address)
        let agreement = AudioAgreement([AudioAgreement.Format(type, codec)], telephoneEvents: events)
        tell(id, .describe(target, agreement))
        tell(id, .condition(.answered))
    }

    mutating func tell(_ id: UInt64, _ command: PartyCommand) {
        core.receive(command, for: MediaSessionID(rawValue: id), at: now, into: &output)
        collect()
    }

    mutating func say(_ id: UInt64, _ samples: [Int16]) {
        phones[id]?.speech = samples
        phones[id]?.position = 0
    }

    /// Lets time pass; phones speak every 20 ms.
    mutating func run(_ duration: Duration) {
        let end = now + duration
        while now < end {
            now = now + .milliseconds(5)
            if now.nanoseconds % 20_000_000 == 10_000_000 { for id in phones.keys.sorted() { speak(id) } }
            core.timeElapsed(at: now, into: &output)
            collect()
        }
    }

    /// One packet of a phone, in its stream.
    mutating func send(_ id: UInt64, _ payload: [UInt8], type: UInt8, timestamp: UInt32) {
        guard let sequence = phones[id]?.sequence else { return }
        phones[id]?.sequence &+= 1
        var bytes: [UInt8] = []
        RTPPacket(
            payloadType: PayloadType(rawValue: type), sequenceNumber: SequenceNumber(rawValue: sequence),
            timestamp: RTPTimestamp(rawValue: timestamp), source: SSRC(rawValue: 0x5050)
        ).writeHeader(into: &bytes)
        (bytes + payload).withUnsafeBytes {
            core.receive(
                $0, from: Self.endpoint(id), .rtp, for: MediaSessionID(rawValue: id), at: now, into: &output)
        }
        collect()
    }

    private mutating func speak(_ id: UInt64) {
        guard let phone = phones[id] else { return }
        let frame = AudioFrame(phone.speech.dropFirst(phone.position)).samples
        phones[id]?.position += AudioFrame.sampleCount
        send(id, phone.mouth.encode(frame), type: phone.payloadType, timestamp: phone.timestamp)
        phones[id]?.timestamp &+= phone.codec.clockRate / 50
    }

    private mutating func collect() {
        for datagram in output.datagrams where datagram.component == .rtp {
            let bytes = output.payload(of: datagram)
            let id = datagram.party.rawValue
            guard let packet = RTPPacket(bytes), let phone = phones[id] else { continue }
            let payload = Array(bytes[packet.payloadOffset...])
            phones[id]?.packets.append((packet, payload))
            if packet.payloadType.rawValue == phone.payloadType { phones[id]?.heard += phone.ear.decode(payload) }
        }
        events += output.events.map { ($0.party.rawValue, $0.event) }
        output.removeAll()
    }

    static func tone(_ frequency: Double, _ duration: Duration) -> [Int16] {
        var generator = ToneGenerator(.continuous(frequency, level: SignalLevel(dBm0: -10)))
        return generator.next(SampleCount(duration))
    }

    /// Whether samples have a tone, at about the level of `tone`.
    static func has(_ samples: [Int16], _ frequency: Double) -> Bool {
        var detector = ToneDetector([440, 700, 1000, 1400, 2000])
        detector.receive(samples)
        return detector.heard.contains { $0.frequency == frequency && abs($0.level.dBm0 + 10) < 3 }
    }
}

extension AudioCodec {
    static let opus = AudioCodec.external(name: "opus", clockRate: 48_000)
    static let g722 = AudioCodec.external(name: "g722", clockRate: 8_000)
}
