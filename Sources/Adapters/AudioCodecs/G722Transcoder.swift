import CAudioLibraries
import MediaSessions

/// G.722 at 64 kbit/s by libspandsp, whose narrowband side takes and gives samples at 8 kHz. Its RTP clock has 8,000 hertz
/// though it sounds at 16,000 (RFC 3551 §4.5.2).
final class G722Transcoder: AudioTranscoder {
    private static let bitrate: Int32 = 64_000
    private static let options = Int32(G722_SAMPLE_RATE_8000)
    /// Bytes of a packet that are decoded: 200 ms.
    private static let maximumPayload = 1_600

    // One thread at a time uses a transcoder, as its protocol says; the states are made by whoever needs them first.
    private nonisolated(unsafe) var encoder: OpaquePointer?
    private nonisolated(unsafe) var decoder: OpaquePointer?

    deinit {
        if let encoder { g722_encode_free(encoder) }
        if let decoder { g722_decode_free(decoder) }
    }

    func encode(_ samples: UnsafeBufferPointer<Int16>, into payload: inout [UInt8]) {
        if encoder == nil { encoder = g722_encode_init(nil, Self.bitrate, Self.options) }
        guard let encoder, let start = samples.baseAddress else { return }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: samples.count + 1) { room in
            let count = g722_encode(encoder, room.baseAddress, start, Int32(samples.count))
            payload.append(contentsOf: room.prefix(Int(count)))
        }
    }

    func decode(_ payload: UnsafeRawBufferPointer, into samples: inout [Int16]) {
        if decoder == nil { decoder = g722_decode_init(nil, Self.bitrate, Self.options) }
        guard let decoder, let bytes = payload.baseAddress, !payload.isEmpty, payload.count <= Self.maximumPayload
        else {
            return
        }
        withUnsafeTemporaryAllocation(of: Int16.self, capacity: payload.count * 2 + 2) { room in
            let codes = bytes.assumingMemoryBound(to: UInt8.self)
            let count = g722_decode(decoder, room.baseAddress, codes, Int32(payload.count))
            samples.append(contentsOf: room.prefix(Int(count)))
        }
    }
}
