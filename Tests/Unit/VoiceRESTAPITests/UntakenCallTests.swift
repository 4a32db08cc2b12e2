import Audio
import CallEvents
import Logging
import Synchronization
import Testing
import Timeline
import VoiceApplications
import Webhooks

@testable import MartletTesting
@testable import VoiceRESTAPI

@Suite("Incoming calls that their application does not take")
struct UntakenCallTests {
    /// Takes events, and tells each sender at once that somebody has them.
    private final class Sink: EventSink {
        private let told = Mutex<[CallEventType]>([])

        func take(_ event: CallEvent, _ route: CallRoute, outcome: (@Sendable (CallbackOutcome) -> Void)?) {
            told.withLock { $0.append(event.type) }
            outcome?(.answered(status: 200, body: []))
        }

        func flushed() async {}

        var types: [CallEventType] { told.withLock { $0 } }
    }

    private struct NoAudio: AudioSource {
        func clip(_ url: String, for user: String) async throws -> AudioClip { AudioClip(.once(700, for: .seconds(1))) }
    }

    /// A switch on whose number 1000 a call waits for its application, which answers it after `delay`.
    private func world(_ sink: Sink, answeringAfter delay: Duration? = nil) -> TestSwitch {
        let world = TestSwitch()
        let time = world.time
        let clock = CallClock(
            now: { .zero + time.now.elapsed },
            wait: { try await time.sleep(until: time.now.advanced(by: $0), tolerance: nil) })
        let services = CallServices(
            sink: sink, causes: .documented, baseURL: "http://127.0.0.1:8080", recorded: { _ in }, audio: NoAudio(),
            speech: { _, _ in AudioClip(.once(300, for: .seconds(1))) }, fallBack: { _, _ in false },
            recordings: RecordingShelf(files: world.files) { _ in }, note: { _ in }, over: { _ in },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, clock: clock)
        world.serve("1000") { run in
            var terms = CallTerms(user: "u-1", .incoming, from: "2025550100", to: "1000")
            terms.isAutoAnswered = false
            let call = DrivenCall(terms, services)
            if let delay {
                Task {
                    try await clock.wait(delay)
                    try await call.answer()
                }
            }
            await DrivenRun(call: call).serve(run.channel)
            return 0
        }
        return world
    }

    @Test("one that nobody answers rings for five minutes and is refused with 480, and told so")
    func untaken() throws {
        let sink = Sink()
        let world = world(sink)
        let caller = world.party("2025550100")
        caller.dials("1000")
        try caller.expectsRinging()
        world.passes(.seconds(295))
        #expect(sink.types == [.incomingCall])
        try caller.expectsRefusal(480)
        world.passes(.seconds(40))
        #expect(sink.types == [.incomingCall, .hangup])
    }

    @Test("one that is answered late lasts as long as it likes")
    func takenLate() throws {
        let sink = Sink()
        let world = world(sink, answeringAfter: .seconds(290))
        let caller = world.party("2025550100")
        caller.dials("1000")
        try caller.expectsRinging()
        world.passes(.seconds(400))
        #expect(sink.types == [.incomingCall, .answer])
        caller.hangsUp()
        world.passes(.seconds(40))
        #expect(sink.types == [.incomingCall, .answer, .hangup])
    }
}
