import Addresses
import Audio
import MediaSessions
import RTP
import Timeline

/// A media core in virtual time, with parties that send and keep what they get.
struct PartyWorld {
    /// One packet that a party got.
    struct Heard {
        var time: Instant
        var packet: RTPPacket
        var payload: [UInt8]
    }

    /// The far end of one party.
    struct Phone {
        var endpoint: Endpoint
        var codec: G711Codec
        var heard: [Heard] = []
        var control: [[UInt8]] = []
        var sequence: UInt16 = 65_530
        var timestamp: UInt32 = 0xFFFF_FF00
        /// Linear audio that it sends, 160 samples each 20 ms; silence afterwards. Nil sends nothing.
        var speech: [Int16]?
        var position = 0
    }

    var core: MediaCore
    var now = Instant.zero
    var phones: [UInt64: Phone] = [:]
    var events: [(party: UInt64, event: PartyEvent)] = []
    /// When each event came, in step with `events`.
    var eventTimes: [Instant] = []
    var files: [UInt64: [UInt8]] = [:]
    var job: UInt64 = 0
    private var output = MediaOutput()

    init(_ options: MediaCore.Options = MediaCore.Options()) { core = MediaCore(options, seed: 11) }

    static func endpoint(_ number: UInt64) -> Endpoint {
        Endpoint(IPAddress(v4: 0xC000_0200 + UInt32(number)), 40_000)
    }

    /// Opens an answered party.
    mutating func answer(
        _ id: UInt64, _ codec: G711Codec = .pcmu, settings: PartySettings = PartySettings(), events: UInt8? = 101
    ) {
        core.open(MediaSessionID(rawValue: id), settings, at: now, into: &output)
        phones[id] = Phone(endpoint: Self.endpoint(id), codec: codec)
        describe(id, AudioAgreement(codec, telephoneEvents: events))
        tell(id, .condition(.answered))
    }

    mutating func describe(_ id: UInt64, _ agreement: AudioAgreement) {
        let endpoint = Self.endpoint(id)
        let target = MediaStreamTarget(
            rtp: endpoint, rtcp: Endpoint(endpoint.address, 40_001), signallingSource: endpoint.address)
        tell(id, .describe(target, agreement))
    }

    mutating func tell(_ id: UInt64, _ command: PartyCommand) {
        core.receive(command, for: MediaSessionID(rawValue: id), at: now, into: &output)
        collect()
    }

    mutating func tell(room: UInt64, _ command: RoomCommand) {
        core.receive(command, for: RoomID(rawValue: room), at: now, into: &output)
        collect()
    }

    /// A new job's name.
    mutating func newJob() -> MediaJobID {
        job += 1
        return MediaJobID(rawValue: job)
    }

    /// Sends any datagram as a party's phone.
    mutating func send(_ id: UInt64, _ datagram: [UInt8], from source: Endpoint? = nil, control: Bool = false) {
        let source = source ?? Self.endpoint(id)
        datagram.withUnsafeBytes {
            core.receive(
                $0, from: source, control ? .rtcp : .rtp, for: MediaSessionID(rawValue: id), at: now, into: &output)
        }
        collect()
    }

    /// Sends an RTP packet as a party's phone.
    mutating func send(_ id: UInt64, _ payload: [UInt8], type: UInt8, sequence: UInt16, timestamp: UInt32) {
        send(id, Self.packet(payload, type: type, sequence: sequence, timestamp: timestamp))
    }

    static func packet(
        _ payload: [UInt8], type: UInt8, sequence: UInt16, timestamp: UInt32, source: UInt32 = 0x5050
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        RTPPacket(
            payloadType: PayloadType(rawValue: type), sequenceNumber: SequenceNumber(rawValue: sequence),
            timestamp: RTPTimestamp(rawValue: timestamp), source: SSRC(rawValue: source)
        ).writeHeader(into: &bytes)
        return bytes + payload
    }

    /// Lets the phone say one digit by telephone events of 100 ms, without loss, at once.
    mutating func press(_ id: UInt64, _ digit: Character) {
        let code = TelephoneEvent.code(of: digit.asciiValue ?? 0) ?? 0
        let timestamp = UInt32(truncatingIfNeeded: now.nanoseconds / 125_000) &+ 7
        for number in 1...5 as ClosedRange<UInt16> {
            let event = TelephoneEvent(code: code, isEnd: number >= 5, duration: number * 160)
            phones[id]?.sequence &+= 1
            send(
                id, event.payload, type: 101, sequence: phones[id]?.sequence ?? 0,
                timestamp: timestamp)
        }
    }

    /// Lets time pass, 5 ms after 5 ms; phones speak every 20 ms.
    mutating func run(_ duration: Duration) {
        let end = now + duration
        while now < end {
            now = now + .milliseconds(5)
            if now.nanoseconds % 20_000_000 == 10_000_000 {
                for id in phones.keys.sorted() { speak(id) }
            }
            if let deadline = core.nextDeadline, deadline <= now {
                core.timeElapsed(at: now, into: &output)
                collect()
            }
        }
    }

    private mutating func speak(_ id: UInt64) {
        guard let phone = phones[id], let speech = phone.speech else { return }
        let frame = AudioFrame(speech.dropFirst(phone.position)).samples
        phones[id]?.position += 160
        phones[id]?.sequence &+= 1
        phones[id]?.timestamp &+= 160
        send(
            id, phone.codec.encode(frame), type: phone.codec.payloadType, sequence: phone.sequence,
            timestamp: phone.timestamp)
    }

    private mutating func collect() {
        for datagram in output.datagrams {
            let bytes = output.payload(of: datagram)
            let id = datagram.party.rawValue
            guard datagram.component == .rtp else {
                phones[id]?.control.append(bytes)
                continue
            }
            guard let packet = RTPPacket(bytes) else { continue }
            let payload = Array(bytes[packet.payloadOffset...])
            phones[id]?.heard.append(Heard(time: now, packet: packet, payload: payload))
        }
        for (party, event) in output.events {
            if case .write(let job, let bytes, let offset) = event {
                write(bytes, job.rawValue, offset)
            } else {
                events.append((party.rawValue, event))
                eventTimes.append(now)
            }
        }
        output.removeAll()
    }

    private mutating func write(_ bytes: [UInt8], _ job: UInt64, _ offset: Int) {
        var file = files[job] ?? []
        let end = offset + bytes.count
        if file.count < end { file += [UInt8](repeating: 0, count: end - file.count) }
        file.replaceSubrange(offset..<end, with: bytes)
        files[job] = file
    }

    /// The audio that a party's phone got, without telephone events, in order.
    func audio(_ id: UInt64) -> [Int16] {
        guard let phone = phones[id] else { return [] }
        return phone.heard.flatMap { heard -> [Int16] in
            switch heard.packet.payloadType.rawValue {
            case 0: G711Codec.pcmu.decode(heard.payload)
            case 8: G711Codec.pcma.decode(heard.payload)
            default: []
            }
        }
    }

    /// Whether a party's phone got a tone for 200 ms at least.
    func hears(_ id: UInt64, _ frequency: Double) -> Bool { Self.has(audio(id), frequency) }

    static func has(_ samples: [Int16], _ frequency: Double) -> Bool {
        var detector = ToneDetector([300, 350, 440, 500, 620, 700, 850, 1000, 1400, 2000])
        detector.receive(samples)
        return detector.hasHeard(frequency)
    }

    static func tone(_ frequency: Double, _ duration: Duration, dBm0: Double = -10) -> [Int16] {
        var generator = ToneGenerator(.continuous(frequency, level: SignalLevel(dBm0: dBm0)))
        return generator.next(SampleCount(duration))
    }

    /// The events of one party.
    func events(of id: UInt64) -> [PartyEvent] { events.filter { $0.party == id }.map(\.event) }
}
