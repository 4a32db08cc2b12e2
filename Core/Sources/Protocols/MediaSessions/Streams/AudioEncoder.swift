import Audio

/// Turns frames of 20 ms at 8 kHz into payloads of one codec.
struct AudioEncoder {
    let codec: AudioCodec
    private var resampler: Resampler?
    private var transcoder: (any AudioTranscoder)?
    private var scratch: [Int16] = []

    /// An encoder; nil where no adapter knows the codec.
    init?(_ codec: AudioCodec, adapters: [CodecAdapter]) {
        self.codec = codec
        switch codec {
        case .g711: break
        case .linear(let rate):
            guard rate == .narrowband || setResampler(to: rate) else { return nil }
        case .external(let name, _):
            guard let adapter = adapters.first(where: { $0.name == name.lowercased() }) else { return nil }
            transcoder = adapter.make()
            guard adapter.sampleRate == .narrowband || setResampler(to: adapter.sampleRate) else { return nil }
        }
    }

    /// Appends the payload of one frame.
    mutating func encode(_ frame: [Int16], into bytes: inout [UInt8]) {
        switch codec {
        case .g711(let codec): codec.append(frame[...], to: &bytes)
        case .linear:
            guard resampler != nil else { return append(frame, to: &bytes) }
            resample(frame)
            append(scratch, to: &bytes)
        case .external:
            if resampler != nil { resample(frame) } else { scratch = frame }
            scratch.withUnsafeBufferPointer { transcoder?.encode($0, into: &bytes) }
        }
    }

    private mutating func setResampler(to rate: SampleRate) -> Bool {
        resampler = Resampler(from: .narrowband, to: rate)
        return resampler != nil
    }

    private mutating func resample(_ frame: [Int16]) {
        scratch.removeAll(keepingCapacity: true)
        frame.withUnsafeBufferPointer { resampler?.receive($0, into: &scratch) }
    }

    private func append(_ samples: [Int16], to bytes: inout [UInt8]) {
        for sample in samples {
            bytes.append(UInt8(truncatingIfNeeded: sample >> 8))
            bytes.append(UInt8(truncatingIfNeeded: sample))
        }
    }
}

/// Turns payloads of one codec into samples at 8 kHz.
struct AudioDecoder {
    let codec: AudioCodec
    private var resampler: Resampler?
    private var transcoder: (any AudioTranscoder)?
    private var scratch: [Int16] = []

    /// A decoder; nil where no adapter knows the codec.
    init?(_ codec: AudioCodec, adapters: [CodecAdapter]) {
        self.codec = codec
        var rate = SampleRate.narrowband
        switch codec {
        case .g711: break
        case .linear(let own): rate = own
        case .external(let name, _):
            guard let adapter = adapters.first(where: { $0.name == name.lowercased() }) else { return nil }
            transcoder = adapter.make()
            rate = adapter.sampleRate
        }
        guard rate != .narrowband else { return }
        guard let resampler = Resampler(from: rate, to: .narrowband) else { return nil }
        self.resampler = resampler
    }

    /// Overwrites `samples` with those of one payload.
    mutating func decode(_ payload: UnsafeRawBufferPointer, into samples: inout [Int16]) {
        samples.removeAll(keepingCapacity: true)
        switch codec {
        case .g711(let codec):
            let table = codec == .pcmu ? MuLaw.decodingTable : ALaw.decodingTable
            table.withUnsafeBufferPointer { table in
                for code in payload { samples.append(table[Int(code)]) }
            }
            return
        case .linear:
            scratch.removeAll(keepingCapacity: true)
            for offset in stride(from: 0, to: payload.count - 1, by: 2) {
                scratch.append(Int16(bitPattern: UInt16(payload[offset]) << 8 | UInt16(payload[offset + 1])))
            }
        case .external:
            scratch.removeAll(keepingCapacity: true)
            transcoder?.decode(payload, into: &scratch)
        }
        resample(into: &samples)
    }

    /// Overwrites `samples` with those of the packet before `payload`, which was lost; none where it is not known.
    mutating func recover(before payload: UnsafeRawBufferPointer, into samples: inout [Int16]) {
        samples.removeAll(keepingCapacity: true)
        guard case .external = codec else { return }
        scratch.removeAll(keepingCapacity: true)
        transcoder?.recover(before: payload, into: &scratch)
        resample(into: &samples)
    }

    private mutating func resample(into samples: inout [Int16]) {
        if resampler != nil {
            scratch.withUnsafeBufferPointer { resampler?.receive($0, into: &samples) }
        } else {
            samples.append(contentsOf: scratch)
        }
    }
}
