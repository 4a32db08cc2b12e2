import CallEvents
import Synchronization
import Testing
import Timeline
import Webhooks

/// Keeps what it takes.
private final class KeepingSink: EventSink {
    let events = Mutex<[CallEvent]>([])

    func take(_ event: CallEvent, _ route: CallRoute, outcome: (@Sendable (CallbackOutcome) -> Void)?) {
        events.withLock { $0.append(event) }
        outcome?(.kept)
    }

    func flushed() async {}

    var types: [CallEventType] { events.withLock { $0.map(\.type) } }
}

struct EventStreamTests {
    private let sink = KeepingSink()
    private let call = EventCall(id: "c-1", uri: "http://h/v1/users/u-1/calls/c-1", from: "+1", to: "+2")

    private var stream: EventStream {
        EventStream(call: CallRoute(user: "u-1", subject: "c-1", url: nil), sink: sink)
    }

    @Test("a call has one hangup, whoever tells it how often")
    func oneHangup() async {
        let stream = stream
        let hangup = HangupEvent(call, cause: .normalClearing)
        #expect(stream.publish(.answer(AnswerEvent(call)), at: UTCTime(milliseconds: 0)) != nil)
        #expect(stream.publish(.hangup(hangup), at: UTCTime(milliseconds: 1)) != nil)
        #expect(stream.publish(.hangup(hangup), at: UTCTime(milliseconds: 2)) == nil)
        stream.close(at: UTCTime(milliseconds: 3)) { hangup }
        #expect(await stream.deliver(.dtmf(DTMFEvent(call, digit: "1")), at: UTCTime(milliseconds: 4)) == .refused)
        #expect(sink.types == [.answer, .hangup])
    }

    @Test("closing supplies the hangup that nobody told")
    func supplied() {
        let stream = stream
        stream.publish(.incomingCall(IncomingCallEvent(call, application: "a-1")), at: UTCTime(milliseconds: 0))
        stream.close(at: UTCTime(milliseconds: 1)) { HangupEvent(call, cause: .originatorCancel) }
        stream.close(at: UTCTime(milliseconds: 1)) { HangupEvent(call, cause: .normalClearing) }
        #expect(sink.types == [.incomingCall, .hangup])
    }
}
