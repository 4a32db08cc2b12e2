import Audio
import CAudioLibraries

/// Encodes MP3 by libmp3lame.
public enum MP3Writer {
    /// Kilobits a second of one channel at 8 kHz.
    private static let bitrate: Int32 = 32
    /// From 0, the best, to 9, the fastest.
    private static let quality: Int32 = 5
    private static let portion = 8_000

    /// A WAV file as MP3 at 8 kHz, with two channels where it has two at that rate, else with one. Throws
    /// `AudioFileError` where it is none, or the library fails.
    public static func convert(_ wav: [UInt8]) throws(AudioFileError) -> [UInt8] {
        let samples = try AudioFileReader.clip(wav).samples
        if let reader = try? WAVEReader(parsing: wav), reader.channels == 2, reader.rate == .narrowband {
            return try file(reader.samples(ofChannel: 0), reader.samples(ofChannel: 1))
        }
        return try file(samples)
    }

    /// An MP3 file of samples at 8 kHz, with a second channel where there are as many samples for one. Throws
    /// `AudioFileError` where the library fails.
    public static func file(_ samples: [Int16], _ right: [Int16]? = nil) throws(AudioFileError) -> [UInt8] {
        guard let encoder = lame_init() else { throw .library(-1) }
        defer { lame_close(encoder) }
        lame_set_in_samplerate(encoder, 8_000)
        lame_set_out_samplerate(encoder, 8_000)
        lame_set_num_channels(encoder, right == nil ? 1 : 2)
        lame_set_mode(encoder, right == nil ? MONO : STEREO)
        lame_set_brate(encoder, right == nil ? bitrate : 2 * bitrate)
        lame_set_quality(encoder, quality)
        lame_set_bWriteVbrTag(encoder, 0)
        let status = lame_init_params(encoder)
        guard status >= 0 else { throw .library(Int(status)) }
        var output: [UInt8] = []
        // What LAME asks for in the worst case: 1.25 times the samples and 7,200 bytes.
        var room = [UInt8](repeating: 0, count: portion * 5 / 4 + 7_200)
        for start in stride(from: 0, to: samples.count, by: portion) {
            let range = start..<min(start + portion, samples.count)
            let part = Array(samples[range])
            let other = right.map { Array($0[range]) } ?? part
            let count = lame_encode_buffer(encoder, part, other, Int32(part.count), &room, Int32(room.count))
            guard count >= 0 else { throw .library(Int(count)) }
            output += room.prefix(Int(count))
        }
        let count = lame_encode_flush(encoder, &room, Int32(room.count))
        guard count >= 0 else { throw .library(Int(count)) }
        return output + room.prefix(Int(count))
    }
}
