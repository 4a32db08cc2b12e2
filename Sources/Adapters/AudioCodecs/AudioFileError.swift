import Audio

/// Why bytes are not audio that can be played or converted.
public enum AudioFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A WAV file of a kind that is not played.
    case wave(WAVEError)
    /// Neither a WAV file nor MP3.
    case unknown
    /// It plays longer than an hour.
    case tooLong
    /// The library refused to work, with its error number.
    case library(Int)

    public var description: String {
        switch self {
        case .wave(let error): "\(error)"
        case .unknown: "it is neither a WAV file nor MP3"
        case .tooLong: "it plays longer than an hour"
        case .library(let number): "the codec failed with error \(number)"
        }
    }
}
