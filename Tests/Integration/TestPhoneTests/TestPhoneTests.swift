import Addresses
import Audio
import SIPMessages
import TestPhone
import Testing

/// Two phones on loopback, with nothing between them.
@Suite(.timeLimit(.minutes(5))) struct TestPhoneTests {
    private let caller: TestPhone
    private let callee: TestPhone

    init() throws {
        let loopback = Endpoint(IPAddress(v4: 0x7F00_0001), 0)
        caller = try TestPhone(listen: loopback, seed: 1)
        callee = try TestPhone(listen: loopback, seed: 2)
    }

    private func request(_ media: MediaPlan = MediaPlan()) -> CallRequest {
        CallRequest("sip:bob@\(callee.local)", from: "sip:alice@example.com", media: media)
    }

    private func nextCall() async throws -> PhoneCall {
        for await call in callee.incomingCalls { return call }
        throw CancellationError()
    }

    @Test("a 440 Hz tone played on one side is heard on the other, in both codecs", arguments: G711Codec.allCases)
    func audio(codec: G711Codec) async throws {
        callee.answer(AnswerPolicy(media: MediaPlan(play: .tone(.continuous(1000)), isRecorded: true)))
        var generator = ToneGenerator(.continuous(440))
        let samples = generator.next(SampleCount(.seconds(5)))
        let placed = caller.call(request(MediaPlan(play: .samples(samples), codecs: [codec])))
        let answered = try await nextCall()
        #expect(await answered.reaches(.heard(440)))
        #expect(await placed.reaches(.heard(1000)))
        placed.hangUp()
        let (near, far) = await (placed.report, answered.report)
        #expect(near.endedNormally && far.endedNormally)
        #expect((near.status, near.endedBy, far.endedBy) == (.ok, .local, .remote))
        #expect(near.media.codec == codec && far.media.codec == codec)
        #expect(near.media.tones.map(\.frequency) == [1000])
        #expect(far.media.tones.map(\.frequency) == [440])
        #expect(abs((far.media.tones.first?.level.dBm0 ?? 0) + 10) < 0.5)
        #expect(near.media.packetsLost == 0 && far.media.packetsLost == 0)
        #expect(far.media.recording.count >= 1600)
        #expect(far.callID == near.callID)
        #expect((far.from, far.to) == ("sip:alice@example.com", "sip:bob@\(callee.local)"))
    }

    @Test("digits arrive as events, each once, and the caller hangs up after them")
    func digits() async throws {
        var request = request(MediaPlan(digits: "1234#"))
        request.hangsUpWhenDone = true
        let placed = caller.call(request)
        let answered = try await nextCall()
        let (near, far) = await (placed.report, answered.report)
        #expect(far.media.digits == "1234#")
        #expect(near.endedBy == .local && near.duration >= .seconds(1))
        #expect(far.endedNormally)
    }

    @Test("a busy phone refuses, and the call says so on both sides")
    func busy() async throws {
        callee.answer(AnswerPolicy(.reject(.busyHere)))
        let placed = caller.call(request())
        let refused = try await nextCall()
        let (near, far) = await (placed.report, refused.report)
        #expect((near.status, near.endedBy, near.reason) == (.busyHere, .remote, "Busy Here"))
        #expect((far.status, far.endedBy) == (.busyHere, .local))
        #expect(!near.isAnswered && !far.isAnswered && !near.endedNormally)
    }

    @Test("a call given up while it rings ends with 487 and no answer")
    func cancel() async throws {
        callee.answer(AnswerPolicy(.ring))
        let placed = caller.call(request())
        #expect(await placed.reaches(.progress(.ringing)))
        let ringing = try await nextCall()
        placed.hangUp()
        let (near, far) = await (placed.report, ringing.report)
        #expect((near.status, near.endedBy) == (.requestTerminated, .local))
        #expect((far.status, far.endedBy) == (.requestTerminated, .remote))
        #expect(near.ringingDelay != nil)
    }

    @Test("the callee can hang up, and can refuse while it rings")
    func calleeEnds() async throws {
        let placed = caller.call(request())
        let answered = try await nextCall()
        #expect(await answered.reaches(.answered))
        answered.hangUp()
        #expect(await placed.report.endedBy == .remote)
        #expect(await answered.report.endedNormally)

        callee.answer(AnswerPolicy(.ring))
        let second = caller.call(request())
        let ringing = try await nextCall()
        #expect(await ringing.reaches(.progress(.ringing)))
        ringing.hangUp()
        let refused = await second.report
        #expect((refused.status, refused.endedBy) == (.temporarilyUnavailable, .remote))
        #expect(refused.reason == "Temporarily Unavailable")
        #expect(await ringing.report.endedBy == .local)
    }

    @Test("early media is heard before the answer")
    func earlyMedia() async throws {
        var policy = AnswerPolicy(.ring, media: MediaPlan(play: .tone(.continuous(425))))
        policy.sendsEarlyMedia = true
        callee.answer(policy)
        let placed = caller.call(request())
        #expect(await placed.reaches(.progress(.sessionProgress)))
        #expect(await placed.reaches(.heard(425)))
        placed.hangUp()
        let report = await placed.report
        #expect(!report.isAnswered)
        #expect(report.media.tones.map(\.frequency) == [425])
    }

    @Test("no codec in common is 488, a closed port 503 at once, a name without address 400")
    func failures() async throws {
        callee.answer(AnswerPolicy(media: MediaPlan(codecs: [.pcma])))
        #expect(await caller.call(request(MediaPlan(codecs: [.pcmu]))).report.status == .notAcceptableHere)
        callee.stop()
        let report = await caller.call(request()).report
        #expect((report.status, report.endedBy) == (.serviceUnavailable, .network))
        #expect(await caller.call(CallRequest("sip:bob@nowhere.invalid")).report.status == .badRequest)
        #expect(await caller.call(CallRequest("nonsense")).report.status == .badRequest)
    }

    @Test("a phone answers as many calls at once as it may, and the next one is busy")
    func limit() async throws {
        var policy = AnswerPolicy()
        policy.maximumCalls = 2
        callee.answer(policy)
        let calls = [caller.call(request()), caller.call(request())]
        for call in calls { #expect(await call.reaches(.answered)) }
        #expect(await caller.call(request()).report.status == .busyHere)
        for call in calls {
            call.hangUp()
            #expect(await call.report.endedNormally)
        }
    }

    @Test("a registration without a registrar's answer ends with that phone's refusal")
    func register() async throws {
        let status = await caller.register(RegistrationRequest("sip:alice@example.com", at: callee.local))
        #expect(status == .methodNotAllowed)
    }
}
