import CallEvents
import Testing
import Timeline

@testable import VoiceRESTAPI

/// Exactly one hangup for every call, whatever ended it: over a network that loses, doubles and overtakes, with far ends,
/// requests, receivers and operators that act at any moment, in rooms and transfers, too.
@Suite struct CallStorySimulationTests {
    @Test("every call has one hangup, and its story is told in order", arguments: 1...100 as ClosedRange<UInt64>)
    func oneHangup(seed: UInt64) {
        let calls = SimulatedCalls(seed: seed)
        calls.run()
        #expect(calls.faults == [])
    }

    @Test("calls are transferred in these stories, and the new ones answered")
    func transfers() {
        let isFound = (1...20 as ClosedRange<UInt64>).contains { seed in
            let calls = SimulatedCalls(seed: seed)
            calls.run()
            return calls.transferredStories.contains { $0.first == .answer }
        }
        #expect(isFound)
    }

    @Test(
        "conferences have several members in these stories, are played to, and end by request and by their last member")
    func conferences() {
        let stories = (1...20 as ClosedRange<UInt64>).flatMap { seed in
            let calls = SimulatedCalls(seed: seed)
            calls.run()
            return calls.conferenceStories
        }
        #expect(stories.contains { $0.contains("member-2") })
        #expect(stories.contains { $0.contains("play-done") })
        #expect(stories.contains { $0.suffix(2) == ["gone-0", "completed"] })
        #expect(stories.contains { $0 == ["created"] })
    }

    @Test("the same seed tells the same story")
    func repeatable() {
        let stories = [UInt64(7), 7].map { seed in
            let calls = SimulatedCalls(seed: seed)
            calls.run()
            return (calls.stories.map { $0.map(\.rawValue) } + calls.conferenceStories)
        }
        #expect(!stories[0].joined().isEmpty)
        #expect(stories[0] == stories[1])
    }

    @Test(
        "a story that is wrong is seen",
        arguments: [
            [.incomingCall, .answer], [.incomingCall, .answer, .hangup, .hangup], [.incomingCall, .hangup, .dtmf],
            [.answer, .hangup], [.incomingCall, .answer, .answer, .hangup],
            [.incomingCall, .playback, .answer, .hangup],
            [.incomingCall, .timeout, .answer, .hangup], [],
        ] as [[CallEventType]])
    func wrong(told: [CallEventType]) {
        var record = CallRecord(CallTerms(user: "u-1", .incoming, from: "1", to: "2"), at: UTCTime(milliseconds: 0))
        record.state = .completed
        record.activeTime = 1
        record.endTime = 2
        #expect(SimulatedCalls.faults([.incomingCall, .answer, .hangup, .recording], of: record) == [])
        #expect(SimulatedCalls.faults(told, of: record) != [])
    }
}
