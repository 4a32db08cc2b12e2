import CallControl
import MediaSessions
import Testing

@testable import VoiceApplications

@Suite struct FarEndTests {
    @Test(
        "a call that finds out who answers returns when it knows, and details have it",
        arguments: FarEndClassifier.FarEnd.allCases)
    func call(farEnd: FarEndClassifier.FarEnd) async throws {
        let lone = Lone(.idle)
        #expect(lone.channel.details.farEnd == .unknown)
        async let reached = lone.channel.call(to: "15550001", detecting: .timeoutFromAnswerDetect(timeout: .seconds(5)))
        let verb = await lone.port.verb()
        lone.link.changed(report(.answered))
        lone.link.completed(verb.id, .state(.answered))
        guard case .classify(let job, .answerDetect, timeout: .seconds(5)) = await lone.port.media().command else {
            Issue.record("nobody listens")
            return
        }
        #expect(lone.channel.details.farEnd == nil)
        lone.link.heard(.classified(job, farEnd))
        #expect(try await reached == .answered)
        #expect(lone.channel.details.farEnd == farEnd)
    }

    @Test("a call that is not answered, or is over when it is judged, says so by its state")
    func unanswered() async throws {
        let lone = Lone(.idle)
        async let reached = lone.channel.call(to: "15550001", detecting: .standard())
        lone.link.completed(await lone.port.verb().id, .state(.idle))
        #expect(try await reached == .idle)
        async let again = lone.channel.call(to: "15550001", detecting: .standard())
        let verb = await lone.port.verb()
        lone.link.changed(report(.answered))
        lone.link.completed(verb.id, .state(.answered))
        guard case .classify(let job, .networkConnect, _) = await lone.port.media().command else {
            Issue.record("nobody listens")
            return
        }
        lone.link.changed(report(.idle))
        lone.link.heard(.refused(job, .hangup))
        #expect(try await again == .idle)
        #expect(lone.channel.details.farEnd == .unknown)
    }

    @Test("a started call is judged when its answer is waited for, once")
    func started() async throws {
        let lone = Lone(.idle)
        async let started = lone.channel.startCall(to: "15550001", detecting: .timeoutFromNetworkConnect())
        lone.link.completed(await lone.port.verb().id, .state(.callOutgoing))
        _ = try await started
        async let waited = lone.channel.waitForAnswer()
        let verb = await lone.port.verb()
        lone.link.changed(report(.answered))
        lone.link.completed(verb.id, .state(.answered))
        guard case .classify(let job, _, _) = await lone.port.media().command else {
            Issue.record("nobody listens")
            return
        }
        lone.link.heard(.classified(job, .answerMachine))
        #expect(try await waited == .answered)
        async let later = lone.channel.waitForAnswer()
        lone.link.completed(await lone.port.verb().id, .state(.answered))
        #expect(try await later == .answered)
        #expect(lone.channel.details.farEnd == .answerMachine)
    }

    @Test(
        "a time-out out of bounds is an error before anybody is called",
        arguments: [Duration.milliseconds(499), .seconds(11)])
    func bounds(timeout: Duration) async throws {
        let lone = Lone(.idle)
        let error = await #expect(throws: CallError.self) {
            try await lone.channel.call(to: "15550001", detecting: .standard(timeout: timeout))
        }
        #expect(error?.code == .error)
    }

    @Test("waiting for an answering machine says whether it is ready, and needs a call")
    func machine() async throws {
        let lone = Lone()
        for isReady in [true, false] {
            async let waited = lone.channel.waitForAnswerMachine(AnswerMachineWait.Settings(timeout: nil))
            guard case .waitForAnswerMachine(let job, let settings) = await lone.port.media().command else {
                Issue.record("nobody waits")
                return
            }
            #expect(settings.timeout == nil && settings.noBeepSilence == .seconds(4))
            lone.link.heard(.answerMachine(job, isReady: isReady))
            #expect(try await waited == isReady)
        }
        for (refusal, code) in [(MediaRefusal.hangup, CallError.Code.hangup), (.notAnswered, .error)] {
            let waiting = Task { try await lone.channel.waitForAnswerMachine() }
            if case .waitForAnswerMachine(let job, _) = await lone.port.media().command {
                lone.link.heard(.refused(job, refusal))
            }
            let error = await #expect(throws: CallError.self) { try await waiting.value }
            #expect(error?.code == code)
        }
    }
}
