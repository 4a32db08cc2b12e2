import CallEvents
import Testing
import Timeline

struct EventSequenceTests {
    private func run(_ events: [EventSequence.Event]) -> (sent: [CallEventType], supplied: Int) {
        var sequence = EventSequence()
        var sent: [CallEventType] = []
        var supplied = 0
        for event in events {
            var effects: [EventSequence.Effect] = []
            sequence.receive(event, at: .zero, into: &effects)
            for effect in effects {
                switch effect {
                case .send: if case .told(let type) = event { sent.append(type) }
                case .drop: break
                case .supplyHangup:
                    supplied += 1
                    sent.append(.hangup)
                }
            }
        }
        return (sent, supplied)
    }

    @Test(
        "whatever is told in whatever order, a closed call has one hangup, and after it only recordings and what became of their texts",
        arguments: 0..<200)
    func oneHangup(seed: UInt64) throws {
        var dice = IdentifierSource(seed: seed)
        for _ in 0..<50 {
            var events: [EventSequence.Event] = (0..<dice.number(below: 12)).map { _ in
                .told(CallEventType.allCases[dice.number(below: CallEventType.allCases.count)])
            }
            for _ in 0...dice.number(below: 2) { events.insert(.closed, at: dice.number(below: events.count + 1)) }
            let (sent, supplied) = run(events)
            #expect(sent.filter { $0 == .hangup }.count == 1 && supplied <= 1)
            let end = try #require(sent.firstIndex(of: .hangup))
            #expect(sent[(end + 1)...].allSatisfy { $0 == .recording || $0 == .transcription })
            #expect(sent.filter { $0 == .answer }.count <= 1 && sent.filter { $0 == .incomingCall }.count <= 1)
            if let incoming = sent.firstIndex(of: .incomingCall) { #expect(incoming == 0) }
            if let timeout = sent.firstIndex(of: .timeout) { #expect(!sent[timeout...].contains(.answer)) }
            #expect(!sent.contains(.conference))
        }
    }

    @Test(
        "the stories of the interface pass whole",
        arguments: [
            [.answer, .playback, .dtmf, .gather, .hangup], [.hangup], [.timeout, .hangup],
            [.incomingCall, .answer, .gather, .hangup], [.incomingCall, .hangup], [.answer, .hangup, .recording],
            [.answer, .recording, .transcription, .hangup, .recording, .transcription],
            [.answer, .transferComplete, .redirect, .conferenceMember, .hangup],
        ] as [[CallEventType]])
    func stories(story: [CallEventType]) {
        #expect(run(story.map { .told($0) } + [.closed]).sent == story)
        #expect(run(story.map { .told($0) } + [.closed]).supplied == 0)
    }

    @Test("a conference is created once and completed once, and nothing comes after that")
    func conference() {
        let conference = EventConference(id: "conf-1", uri: "http://h/")
        let time = UTCTime(milliseconds: 0)
        let created = CallEventContent.conference(ConferenceEvent(conference, created: time))
        let completed = CallEventContent.conference(ConferenceEvent(conference, created: time, completed: time))
        let played = CallEventContent.conferencePlayback(ConferencePlaybackEvent(conference, .started))
        var sequence = ConferenceSequence()
        let told = [created, created, played, completed, played, completed, created]
        #expect(told.map { sequence.admits($0) } == [true, false, true, true, false, false, false])
    }
}
