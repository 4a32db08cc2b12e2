import CAudioLibraries
import MediaSessions

/// Opus by libopus, one channel at 8 kHz, which the library converts from and to whatever was sent (RFC 6716, RFC 7587).
final class OpusTranscoder: AudioTranscoder {
    private static let sampleRate: Int32 = 8_000
    /// Bits a second: clear speech, with room for the repair of lost packets.
    private static let bitrate: Int32 = 24_000
    private static let complexity: Int32 = 5
    /// The loss, in percent, that packets carry repairs for.
    private static let expectedLoss: Int32 = 10
    /// The largest packet of one frame, in bytes (RFC 6716 §3.2.1).
    private static let maximumPacket = 1_275
    /// Samples of 120 ms, the longest packet.
    private static let maximumSamples = 960
    private static let frame: Int32 = 160

    // One thread at a time uses a transcoder, as its protocol says; the states are made by whoever needs them first.
    private nonisolated(unsafe) var encoder: OpaquePointer?
    private nonisolated(unsafe) var decoder: OpaquePointer?

    deinit {
        if let encoder { opus_encoder_destroy(encoder) }
        if let decoder { opus_decoder_destroy(decoder) }
    }

    func encode(_ samples: UnsafeBufferPointer<Int16>, into payload: inout [UInt8]) {
        if encoder == nil { encoder = Self.makeEncoder() }
        guard let encoder, let start = samples.baseAddress else { return }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.maximumPacket) { packet in
            guard let room = packet.baseAddress else { return }
            let count = opus_encode(encoder, start, Int32(samples.count), room, Int32(Self.maximumPacket))
            if count > 0 { payload.append(contentsOf: packet.prefix(Int(count))) }
        }
    }

    func decode(_ payload: UnsafeRawBufferPointer, into samples: inout [Int16]) {
        decode(payload, frame: Int32(Self.maximumSamples), repairing: false, into: &samples)
    }

    func recover(before payload: UnsafeRawBufferPointer, into samples: inout [Int16]) {
        decode(payload, frame: Self.frame, repairing: true, into: &samples)
    }

    private func decode(
        _ payload: UnsafeRawBufferPointer, frame: Int32, repairing: Bool, into samples: inout [Int16]
    ) {
        if decoder == nil {
            var status: Int32 = 0
            decoder = opus_decoder_create(Self.sampleRate, 1, &status)
        }
        guard let decoder, let bytes = payload.baseAddress, payload.count <= Int(Int32.max), !payload.isEmpty else {
            return
        }
        withUnsafeTemporaryAllocation(of: Int16.self, capacity: Int(frame)) { room in
            guard let start = room.baseAddress else { return }
            let packet = bytes.assumingMemoryBound(to: UInt8.self)
            let count = opus_decode(decoder, packet, Int32(payload.count), start, frame, repairing ? 1 : 0)
            if count > 0 { samples.append(contentsOf: room.prefix(Int(count))) }
        }
    }

    private static func makeEncoder() -> OpaquePointer? {
        var status: Int32 = 0
        guard let encoder = opus_encoder_create(sampleRate, 1, OPUS_APPLICATION_VOIP, &status) else { return nil }
        guard martlet_opus_configure(encoder, bitrate, complexity, expectedLoss) == OPUS_OK else {
            opus_encoder_destroy(encoder)
            return nil
        }
        return encoder
    }
}
