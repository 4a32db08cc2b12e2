import CallEvents
import Foundation
import Testing
import Timeline

struct EventWritingTests {
    private func json(_ content: CallEventContent, _ time: String) -> String {
        String(decoding: CallEvent(content, at: Samples.time(time)).json, as: UTF8.self)
    }

    private let base = Samples.base

    @Test("events of calls are written as they are documented")
    func calls() {
        #expect(
            json(.incomingCall(IncomingCallEvent(Samples.into, application: "a-shop")), "2026-03-05T09:00:01.250Z")
                == #"{"eventType":"incomingcall","callId":"c-9fwd","callUri":"\#(base)/calls/c-9fwd","from":"+13125550147","to":"+13125550110","callState":"active","applicationId":"a-shop","time":"2026-03-05T09:00:01.250Z"}"#
        )
        #expect(
            json(.hangup(HangupEvent(Samples.out, cause: .userBusy)), "2026-03-05T08:15:44.020Z")
                == #"{"eventType":"hangup","callId":"c-7mzk","callUri":"\#(base)/calls/c-7mzk","from":"+13125550110","to":"+13125550147","callState":"completed","cause":"USER_BUSY","time":"2026-03-05T08:15:44.020Z"}"#
        )
        #expect(
            json(.hangup(HangupEvent(Samples.into, cause: .callRejected)), "2026-03-05T09:00:07.900Z")
                .contains(#""callState":"completed","cause":"CALL_REJECTED""#))
    }

    @Test("events of what is played and heard are written as they are documented")
    func media() {
        #expect(
            json(.playback(PlaybackEvent(Samples.out, .started, tag: "hold-1")), "2026-03-05T08:15:43.000Z")
                == #"{"eventType":"playback","callId":"c-7mzk","callUri":"\#(base)/calls/c-7mzk","status":"started","tag":"hold-1","time":"2026-03-05T08:15:43.000Z"}"#
        )
        #expect(
            json(.speak(SpeakEvent(Samples.out, .done)), "2026-03-05T08:15:47.300Z")
                == #"{"eventType":"speak","callId":"c-7mzk","callUri":"\#(base)/calls/c-7mzk","status":"done","state":"PLAYBACK_STOP","time":"2026-03-05T08:15:47.300Z"}"#
        )
        #expect(
            json(.dtmf(DTMFEvent(Samples.out, digit: "9")), "2026-03-05T08:15:49.010Z")
                == #"{"eventType":"dtmf","callId":"c-7mzk","callUri":"\#(base)/calls/c-7mzk","dtmfDigit":"9","time":"2026-03-05T08:15:49.010Z"}"#
        )
        let gather = GatherEvent(Samples.out, gather: "gtr-p1", .terminatingDigit, digits: "4411", tag: "pin")
        #expect(
            json(.gather(gather), "2026-03-05T08:15:58.640Z")
                == #"{"eventType":"gather","state":"completed","reason":"terminating-digit","digits":"4411","callId":"c-7mzk","gatherId":"gtr-p1","tag":"pin","time":"2026-03-05T08:15:58.640Z"}"#
        )
        let recording = RecordingEvent(
            "rec-k2", uri: base + "/recordings/rec-k2", of: "c-7mzk", .complete,
            from: Samples.time("2026-03-05T08:15:42.200Z"), to: Samples.time("2026-03-05T08:16:21.400Z"))
        #expect(
            json(.recording(recording), "2026-03-05T08:16:22Z")
                == #"{"eventType":"recording","callId":"c-7mzk","recordingId":"rec-k2","recordingUri":"\#(base)/recordings/rec-k2","state":"complete","status":"complete","startTime":"2026-03-05T08:15:42.200Z","endTime":"2026-03-05T08:16:21.400Z"}"#
        )
        #expect(
            json(.transcription(TranscriptionEvent("t-1", of: "rec-k2")), "2026-03-05T08:16:23Z")
                == #"{"eventType":"transcription","transcriptionId":"t-1","recordingId":"rec-k2","state":"error","status":"error"}"#
        )
    }

    @Test("events of conferences are written as they are documented")
    func conferences() {
        let conference = EventConference(id: "conf-5", uri: base + "/conferences/conf-5")
        var member = ConferenceMemberEvent(
            "member-3", uri: base + "/conferences/conf-5/members/member-3", call: "c-7mzk", of: conference,
            activeMembers: 2)
        member.isMuted = true
        #expect(
            json(.conferenceMember(member), "2026-03-05T09:30:00.000Z")
                == #"{"eventType":"conference-member","conferenceId":"conf-5","callId":"c-7mzk","memberId":"member-3","memberUri":"\#(base)/conferences/conf-5/members/member-3","activeMembers":2,"state":"active","hold":false,"mute":true,"time":"2026-03-05T09:30:00.000Z"}"#
        )
        let ended = ConferenceEvent(
            conference, created: Samples.time("2026-03-05T09:29:10.000Z"),
            completed: Samples.time("2026-03-05T09:45:02.000Z"))
        #expect(
            json(.conference(ended), "2026-03-05T09:45:02.000Z")
                == #"{"eventType":"conference","conferenceId":"conf-5","conferenceUri":"\#(base)/conferences/conf-5","status":"completed","createdTime":"2026-03-05T09:29:10.000Z","completedTime":"2026-03-05T09:45:02.000Z"}"#
        )
    }

    @Test("every event is JSON that any reader reads, with the values it was given")
    func readable() throws {
        for content in Samples.plain + Samples.full {
            let event = CallEvent(content, at: UTCTime(milliseconds: 1))
            let read = try #require(
                try JSONSerialization.jsonObject(with: Data(event.json)) as? [String: Any])
            #expect(read.count == event.members.count)
            #expect(read["eventType"] as? String == event.type.rawValue)
        }
        let full = CallEvent(Samples.full[0], at: UTCTime(milliseconds: 1))
        let read = try #require(try JSONSerialization.jsonObject(with: Data(full.json)) as? [String: Any])
        let diversion = try #require(read["diversion"] as? [String: Any])
        #expect(read["displayName"] as? String == "Zoë\n" && read["withholdCallerNumber"] as? String == "true")
        #expect(diversion["x-note"] as? String == "a \"b\"" && diversion["counter"] as? Int == 1)
        #expect(diversion["reason"] as? String == "user-busy")
    }

    @Test("a query holds the same members, the diversion as JSON")
    func query() throws {
        for content in Samples.plain + Samples.full {
            let event = CallEvent(content, at: UTCTime(milliseconds: 1))
            let items = try #require(URLComponents(string: "http://h/?" + event.query)?.queryItems)
            #expect(items.map(\.name) == event.members.map(\.name))
        }
        let items =
            URLComponents(string: "http://h/?" + CallEvent(Samples.full[0], at: UTCTime(milliseconds: 1)).query)?
            .queryItems ?? []
        let diversion = items.first { $0.name == "diversion" }?.value ?? ""
        #expect(diversion.hasPrefix(#"{"origTo":"+13125550100","reason":"user-busy","screen":"no""#))
        let member = try #require(Samples.full.first { $0.type == .conferenceMember })
        #expect(CallEvent(member, at: UTCTime(milliseconds: 1)).query.contains("hold=true&mute=false"))
    }
}
