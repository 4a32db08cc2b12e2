import BXML
import MediaSessions
import Webhooks

extension RecordingPlan {
    /// What a document asks for outside of a transfer: the party on the line, until it is silent, presses a digit, or the
    /// time is over.
    init(_ recording: BXMLRecording, toldTo route: CallRoute?) {
        var options = RecordingOptions(
            .linear, timeout: recording.maximumDuration, maximumSilence: recording.silenceTimeout)
        options.silenceThreshold = recording.silenceThreshold
        self.init(RecordingTerms.Format(recording), .one, options, route: route)
    }

    /// What it asks for inside of one: both parties, until one of them leaves.
    init(joined recording: BXMLRecording, toldTo route: CallRoute?) {
        self.init(
            RecordingTerms.Format(recording), .both(recording.isMultiChannel ? .separate : .mixed),
            RecordingOptions(.linear), route: route)
    }
}

extension RecordingTerms.Format {
    fileprivate init(_ recording: BXMLRecording) {
        switch recording.format {
        case .wav: self = .wav
        case .mp3: self = .mp3
        }
    }
}
