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
    private var samples: [Int16] = []

    /// Takes a packet; codecs may change from one to the next.
    mutating func receive(
        _ packet: RTPPacket, _ payload: UnsafeRawBufferPointer, _ codec: AudioCodec, adapters: [CodecAdapter]
    ) {
        if decoder?.codec != codec { decoder = AudioDecoder(codec, adapters: adapters) }
        guard decoder != nil else { return }
        if source != packet.source {
            source = packet.source
            buffer.reset()
            lastTimestamp = packet.timestamp
            position = packet.timestamp.rawValue
        }
        let units = packet.timestamp.distance(from: lastTimestamp)
        let step = codec.clockRate == 8000 ? units : units * 8000 / Int(codec.clockRate)
        let timestamp = position &+ UInt32(truncatingIfNeeded: step)
        if step > 0 {
            lastTimestamp = packet.timestamp
            position = timestamp
        }
        decoder?.decode(payload, into: &samples)
        if buffer.receive(samples, timestamp: timestamp) == .stored && step < 0 {
            lastTimestamp = packet.timestamp
            position = timestamp
        }
    }

    /// Overwrites `frame` with the next 20 ms; false where there is only silence.
    mutating func next(into frame: inout [Int16]) -> Bool { buffer.next(into: &frame) }

    /// Forgets what has come: whoever listens next hears only what comes from now on.
    mutating func reset() {
        buffer.reset()
        source = nil
    }
}
