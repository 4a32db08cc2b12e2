import Audio

/// Reads audio files, whatever of the two formats they have.
public enum AudioFileReader {
    /// Longest file that is played.
    public static let maximumLength = SampleCount(8_000 * 3_600)

    /// What a WAV or MP3 file sounds like; two channels become one. Throws `AudioFileError`.
    public static func clip(_ file: [UInt8]) throws(AudioFileError) -> AudioClip {
        guard file.starts(with: "RIFF".utf8) else { return AudioClip(try MP3Reader.samples(file)) }
        let clip: AudioClip
        do {
            clip = try AudioClip(parsing: file)
        } catch {
            throw .wave(error)
        }
        guard clip.sampleCount <= maximumLength else { throw .tooLong }
        return clip
    }
}
