import MediaSessions
import VoiceApplications
import Webhooks

/// How one recording of a call is made.
struct RecordingPlan: Sendable {
    /// How a recording ended.
    enum Outcome: Hashable, Sendable {
        /// Before the call.
        case ended
        /// With the call.
        case hungUp
        /// There is none.
        case failed
    }

    /// Who is recorded.
    enum Parties: Hashable, Sendable {
        /// Whoever is on the line.
        case one
        case both(WholeCallRecorder.Channels)
    }

    /// What is told of the text of a recording: that there is none, for no engine transcribes.
    struct Transcription: Sendable {
        /// Where its event goes; nil for where those of the call go.
        var route: CallRoute?
    }

    var format: RecordingTerms.Format
    var parties: Parties
    var options: RecordingOptions
    /// Where its event goes; nil for where those of the call go.
    var route: CallRoute?
    /// Nil where no text was asked for.
    var transcription: Transcription?

    init(_ format: RecordingTerms.Format, _ parties: Parties, _ options: RecordingOptions, route: CallRoute? = nil) {
        self.format = format
        self.parties = parties
        self.options = options
        self.route = route
    }

    /// Both parties, as the call's terms say.
    init(_ terms: RecordingTerms) {
        self.init(
            terms.format, .both(.mixed), RecordingOptions(.linear, timeout: .seconds(terms.maximumDuration)))
    }

    /// Records into a file until a limit is reached, its task is cancelled, or the call ends.
    func record(_ channel: CallChannel, _ name: String) async -> Outcome {
        switch parties {
        case .one:
            switch try? await channel.fileRecorder.record(name, options) {
            case nil, .error: .failed
            case .hangup: .hungUp
            default: .ended
            }
        case .both(let channels):
            switch try? await channel.wholeCallRecorder.record(name, options, channels: channels) {
            case nil, .error: .failed
            case .hangup: .hungUp
            default: .ended
            }
        }
    }
}
