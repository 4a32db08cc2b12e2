/// A WAVE file that is written while it grows, so that it can be played however it is cut off: samples are written
/// before the header that counts them.
public struct WAVERecording: Equatable, Sendable {
    /// Bytes to be written at an offset of the file.
    public struct Write: Equatable, Sendable {
        /// Where the bytes go, from the beginning of the file.
        public var offset: Int
        public var bytes: [UInt8]

        public init(offset: Int, bytes: [UInt8]) {
            self.offset = offset
            self.bytes = bytes
        }
    }

    /// Bytes that the formats with blocks write at once.
    public static let longestBlock = IMABlocks.blockLength

    private let header: WAVEHeader
    private var encoder: WAVEEncoder
    private var resamplers: [Resampler] = []
    /// Encoded, not yet written.
    private var waiting: [UInt8] = []
    private var written = 0
    private var samples = 0
    private var scratch: [Int16] = []
    private var otherScratch: [Int16] = []

    /// An empty file of one or two channels; the ADPCM formats have always one.
    public init(_ format: WAVEFormat, rate: SampleRate = .narrowband, channels: Int = 1) {
        let channels = channels == 2 && format.allowsTwoChannels ? 2 : 1
        header = WAVEHeader(format: format, rate: rate, channels: channels)
        encoder = WAVEEncoder(format)
        // Half a second and a frame, between two flushes.
        waiting.reserveCapacity(Int(rate.rawValue) * format.bitsPerSample * channels * 26 / 400)
        if rate != .narrowband {
            for _ in 0..<channels {
                if let resampler = Resampler(from: .narrowband, to: rate) { resamplers.append(resampler) }
            }
        }
    }

    /// One or two.
    public var channels: Int { header.channels }

    /// Bytes of the file once everything is written.
    public var byteCount: Int { header.length + written + waiting.count }

    /// Appends 8 kHz samples of a file of one channel.
    public mutating func append(_ frame: [Int16]) {
        guard !resamplers.isEmpty else {
            samples += frame.count
            encoder.append(frame, into: &waiting)
            return
        }
        scratch.removeAll(keepingCapacity: true)
        frame.withUnsafeBufferPointer { resamplers[0].receive($0, into: &scratch) }
        samples += scratch.count
        encoder.append(scratch, into: &waiting)
    }

    /// Appends as many 8 kHz samples of either channel; of a file of one channel the sum.
    public mutating func append(_ left: [Int16], _ right: [Int16]) {
        guard channels == 2 else { return appendSum(left, right) }
        scratch.removeAll(keepingCapacity: true)
        if resamplers.count == 2 {
            otherScratch.removeAll(keepingCapacity: true)
            var both: [Int16] = []
            left.withUnsafeBufferPointer { resamplers[0].receive($0, into: &otherScratch) }
            right.withUnsafeBufferPointer { resamplers[1].receive($0, into: &both) }
            interleave(otherScratch, both)
        } else {
            interleave(left, right)
        }
        samples += scratch.count / 2
        encoder.append(scratch, into: &waiting)
    }

    /// Appends to `writes` everything that came since, then the header that counts it.
    public mutating func flush(into writes: inout [Write]) {
        // The chunk's size stays even until the end, so that no padding byte is missing.
        let count = waiting.count & ~1
        if count > 0 { writes.append(Write(offset: header.length + written, bytes: Array(waiting[..<count]))) }
        waiting.removeFirst(count)
        written += count
        writes.append(Write(offset: 0, bytes: header.bytes(dataLength: written, samples: playableSamples)))
    }

    /// Appends to `writes` the rest of the file; nothing may be appended afterwards.
    public mutating func finish(into writes: inout [Write]) {
        if channels == 1, !resamplers.isEmpty {
            scratch.removeAll(keepingCapacity: true)
            resamplers[0].finish(into: &scratch)
            samples += scratch.count
            encoder.append(scratch, into: &waiting)
        }
        encoder.finish(into: &waiting)
        let size = written + waiting.count
        if waiting.count % 2 == 1 { waiting.append(0) }
        if !waiting.isEmpty { writes.append(Write(offset: header.length + written, bytes: waiting)) }
        written += waiting.count
        waiting = []
        writes.append(Write(offset: 0, bytes: header.bytes(dataLength: size, samples: samples)))
    }

    /// Samples of what is written: all of them but those in an unfinished block.
    private var playableSamples: Int {
        switch header.format {
        case .imaADPCM: written / IMABlocks.blockLength * IMABlocks.samplesPerBlock
        case .okiADPCM: written * 2
        case .linear, .aLaw, .muLaw, .unsigned8: written * 8 / header.format.bitsPerSample / channels
        }
    }

    private mutating func appendSum(_ left: [Int16], _ right: [Int16]) {
        var sum = left
        for index in 0..<min(left.count, right.count) {
            sum[index] = Int16(clamping: Int32(left[index]) &+ Int32(right[index]))
        }
        append(sum)
    }

    private mutating func interleave(_ left: [Int16], _ right: [Int16]) {
        for index in 0..<min(left.count, right.count) {
            scratch.append(left[index])
            scratch.append(right[index])
        }
    }
}
