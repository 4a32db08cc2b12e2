/// The types of the voice events, as `eventType` writes them.
public enum CallEventType: String, Hashable, Sendable, CaseIterable {
    case incomingCall = "incomingcall"
    case answer, hangup, timeout, playback, speak, dtmf, gather, recording, transcription, transferComplete, redirect
    case conference
    case conferenceMember = "conference-member"
    case conferencePlayback = "conference-playback"
    case conferenceSpeak = "conference-speak"
}
