import Audio
import CAudioLibraries

/// Decodes MPEG audio by libmpg123.
enum MP3Reader {
    /// Bytes that are given to the library at once.
    private static let portion = 16_384
    /// Samples that are taken from it at once.
    private static let room = 8_192

    /// The samples at 8 kHz, one channel. Throws `AudioFileError` where there is no MPEG audio, or more than an hour of it.
    static func samples(_ file: [UInt8]) throws(AudioFileError) -> [Int16] {
        var status: Int32 = 0
        guard mpg123_init() == 0, let decoder = mpg123_new(nil, &status) else { throw .library(Int(status)) }
        defer { mpg123_delete(decoder) }
        try prepare(decoder)
        var output: [Int16] = []
        var resampler: Resampler?
        var position = 0
        while position < file.count {
            let count = min(portion, file.count - position)
            let fed = file.withUnsafeBufferPointer { bytes -> Int32 in
                guard let start = bytes.baseAddress else { return -1 }
                return mpg123_feed(decoder, start + position, count)
            }
            guard fed == 0 else { throw .library(Int(fed)) }
            position += count
            guard try drain(decoder, &resampler, into: &output) else { break }
        }
        guard !output.isEmpty else { throw .unknown }
        resampler?.finish(into: &output)
        return output
    }

    private static func prepare(_ decoder: OpaquePointer) throws(AudioFileError) {
        let flags = Int(MPG123_MONO_MIX.rawValue | MPG123_QUIET.rawValue)
        var status = mpg123_param2(decoder, Int32(MPG123_ADD_FLAGS.rawValue), flags, 0)
        if status == 0 { status = mpg123_format_none(decoder) }
        for rate in SampleRate.playable where status == 0 {
            // Rates that MPEG does not know are refused, which is no harm.
            _ = mpg123_format(
                decoder, Int(rate.rawValue), Int32(MPG123_MONO.rawValue), Int32(MPG123_ENC_SIGNED_16.rawValue))
        }
        if status == 0 { status = mpg123_open_feed(decoder) }
        guard status == 0 else { throw .library(Int(status)) }
    }

    /// Takes everything that is decoded; false when nothing more will come of this file.
    private static func drain(
        _ decoder: OpaquePointer, _ resampler: inout Resampler?, into output: inout [Int16]
    ) throws(AudioFileError) -> Bool {
        var samples = [Int16](repeating: 0, count: room)
        while true {
            var count = 0
            let status = samples.withUnsafeMutableBytes { mpg123_read(decoder, $0.baseAddress, $0.count, &count) }
            if status == MPG123_NEW_FORMAT.rawValue {
                var (hertz, channels, encoding): (Int, Int32, Int32) = (0, 0, 0)
                mpg123_getformat(decoder, &hertz, &channels, &encoding)
                resampler?.finish(into: &output)
                let rate = SampleRate(rawValue: UInt32(clamping: hertz))
                resampler = rate == .narrowband ? nil : Resampler(from: rate, to: .narrowband)
            }
            samples.withUnsafeBufferPointer { samples in
                let part = UnsafeBufferPointer(rebasing: samples.prefix(count / 2))
                if resampler != nil { resampler?.receive(part, into: &output) } else { output.append(contentsOf: part) }
            }
            guard output.count <= AudioFileReader.maximumLength.value else { throw .tooLong }
            if status == MPG123_NEED_MORE.rawValue { return true }
            if status == MPG123_OK.rawValue || status == MPG123_NEW_FORMAT.rawValue { continue }
            // What is broken behind good audio is left out; where there is none at all, the caller says so.
            return false
        }
    }
}
