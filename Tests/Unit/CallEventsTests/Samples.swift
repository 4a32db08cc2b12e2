import CallEvents
import Timeline

/// Events as the interface documents them, each with its JSON.
enum Samples {
    static let base = "http://127.0.0.1:8080/v1/users/u-demo"
    static let out = EventCall(id: "c-7mzk", uri: base + "/calls/c-7mzk", from: "+13125550110", to: "+13125550147")
    static let into = EventCall(id: "c-9fwd", uri: base + "/calls/c-9fwd", from: "+13125550147", to: "+13125550110")

    static func time(_ text: String) -> UTCTime { UTCTime(text) ?? UTCTime(milliseconds: 0) }

    /// Every type, with nothing that is optional.
    static var plain: [CallEventContent] {
        let conference = EventConference(id: "conf-5", uri: base + "/conferences/conf-5")
        let moment = time("2026-03-05T08:15:42.117Z")
        let member = ConferenceMemberEvent(
            "member-3", uri: base + "/conferences/conf-5/members/member-3", call: "c-7mzk", of: conference,
            activeMembers: 2)
        return [
            .incomingCall(IncomingCallEvent(into, application: "a-shop")), .answer(AnswerEvent(out)),
            .hangup(HangupEvent(out, cause: .userBusy)), .timeout(TimeoutEvent(out)),
            .playback(PlaybackEvent(out, .started)), .speak(SpeakEvent(out, .done)),
            .dtmf(DTMFEvent(out, digit: "9")), .gather(GatherEvent(out, gather: "gtr-p1", .maxDigits, digits: "")),
            .recording(
                RecordingEvent(
                    "rec-k2", uri: base + "/recordings/rec-k2", of: "c-7mzk", .complete, from: moment, to: moment)),
            .transcription(TranscriptionEvent("t-1", of: "rec-k2")),
            .transferComplete(TransferCompleteEvent(out)), .redirect(RedirectEvent(out)),
            .conference(ConferenceEvent(conference, created: moment)), .conferenceMember(member),
            .conferencePlayback(ConferencePlaybackEvent(conference, .done)),
            .conferenceSpeak(ConferenceSpeakEvent(conference, .started)),
        ]
    }

    /// Every type, with everything that is optional.
    static var full: [CallEventContent] {
        var presentation = CallerPresentation()
        var diversion = Diversion()
        diversion.originalTo = "+13125550100"
        diversion.reason = "user-busy"
        diversion.screen = "no"
        diversion.privacy = "off"
        diversion.counter = 1
        diversion.limit = 5
        diversion.others = [("x-note", "a \"b\""), ("reason", "twice")]
        presentation.diversion = diversion
        presentation.displayName = "Zoë\n"
        presentation.withholdsNumber = true
        presentation.withholdsName = false
        let conference = EventConference(id: "conf-5", uri: base + "/conferences/conf-5", tag: "t")
        let moment = time("2026-03-05T08:15:42.117Z")
        var hangup = HangupEvent(out, cause: .normalClearing, tag: "t")
        hangup.duration = 39
        hangup.sipCode = 200
        hangup.releasedBy = .callee
        var gather = GatherEvent(out, gather: "gtr-p1", .terminatingDigit, digits: "4411", tag: "pin")
        gather.isBXML = true
        gather.terminatingDigit = "#"
        var recording = RecordingEvent(
            "rec-k2", uri: base + "/recordings/rec-k2", of: "c-7mzk", .error, from: moment, to: moment)
        recording.tag = "t"
        var member = ConferenceMemberEvent(
            "member-3", uri: base + "/conferences/conf-5/members/member-3", call: "c-7mzk", of: conference,
            activeMembers: 2)
        member.isActive = false
        member.isHeld = true
        return [
            .incomingCall(IncomingCallEvent(into, application: "a-shop", presentation: presentation)),
            .answer(AnswerEvent(out, tag: "t", presentation: presentation)), .hangup(hangup),
            .timeout(TimeoutEvent(out, tag: "t")), .playback(PlaybackEvent(out, .done, tag: "t")),
            .speak(SpeakEvent(out, .started, tag: "t")), .dtmf(DTMFEvent(out, digit: "#", duration: 120, tag: "t")),
            .gather(gather), .recording(recording), .transcription(TranscriptionEvent("t-1", of: "rec-k2")),
            .transferComplete(TransferCompleteEvent(out, tag: "t")),
            .redirect(RedirectEvent(out)),
            .conference(ConferenceEvent(conference, created: moment, completed: moment)), .conferenceMember(member),
            .conferencePlayback(ConferencePlaybackEvent(conference, .started)),
            .conferenceSpeak(ConferenceSpeakEvent(conference, .done)),
        ]
    }
}
