import Audio
import RTP

/// What comes from a party, decoded, in order and in step: payloads in, frames of 20 ms at 8 kHz out.
struct AudioReceiver {
    private(set) var buffer = JitterBuffer()
    private var decoder: AudioDecoder?
    private var source: SSRC?
    private var lastTimestamp = RTPTimestamp(rawValue: 0)
    /// What `lastTimestamp` is on a clock of 8 kHz.
    private var position: UInt32 = 0
    private var lastSequence = SequenceNumber(rawValue: 0)
    /// Samples of the last packet.
    private var lastCount = 0
    private var samples: [Int16] = []
    private var recovered: [Int16] = []

    /// Takes a packet; codecs may change from one to the next.
    mutating func receive(
        _ packet: RTPPacket, _ payload: UnsafeRawBufferPointer, _ codec: AudioCodec, adapters: [CodecAdapter]
    ) {
        if decoder?.codec != codec { change(to: codec, packet, adapters: adapters) }
        guard decoder != nil else { return }
        if source != packet.source {
            source = packet.source
            buffer.reset()
            lastTimestamp = packet.timestamp
            position = packet.timestamp.rawValue
            lastSequence = packet.sequenceNumber
            lastCount = 0
        }
        let units = packet.timestamp.distance(from: lastTimestamp)
        let step = codec.clockRate == 8000 ? units : units * 8000 / Int(codec.clockRate)
        let timestamp = position &+ UInt32(truncatingIfNeeded: step)
        if packet.sequenceNumber.distance(from: lastSequence) == 2 { recover(payload, step: step, timestamp) }
        decoder?.decode(payload, into: &samples)
        let isOvertaken = packet.sequenceNumber.distance(from: lastSequence) < 0
        let verdict = buffer.receive(samples, timestamp: timestamp)
        if !isOvertaken && verdict != .outOfReach { advance(to: packet, timestamp) }
    }

    /// Takes another decoder; where its clock has another rate, the stream goes on behind what came last.
    private mutating func change(to codec: AudioCodec, _ packet: RTPPacket, adapters: [CodecAdapter]) {
        if let rate = decoder?.codec.clockRate, rate != codec.clockRate, source == packet.source {
            position &+= UInt32(truncatingIfNeeded: lastCount)
            lastTimestamp = packet.timestamp
        }
        decoder = AudioDecoder(codec, adapters: adapters)
    }

    /// Puts what a packet tells of the lost one before it into that one's place.
    private mutating func recover(_ payload: UnsafeRawBufferPointer, step: Int, _ timestamp: UInt32) {
        decoder?.recover(before: payload, into: &recovered)
        guard !recovered.isEmpty, step == lastCount + recovered.count else { return }
        _ = buffer.receive(recovered, timestamp: timestamp &- UInt32(truncatingIfNeeded: recovered.count))
    }

    private mutating func advance(to packet: RTPPacket, _ timestamp: UInt32) {
        lastTimestamp = packet.timestamp
        position = timestamp
        lastSequence = packet.sequenceNumber
        lastCount = samples.count
    }

    /// Overwrites `frame` with the next 20 ms; false where there is only silence.
    mutating func next(into frame: inout [Int16]) -> Bool { buffer.next(into: &frame) }

    /// Forgets what has come: whoever listens next hears only what comes from now on.
    mutating func reset() {
        buffer.reset()
        source = nil
    }
}
