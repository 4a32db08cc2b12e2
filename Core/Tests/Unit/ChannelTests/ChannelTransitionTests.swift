import CallControl
import SIPMessages
import Testing
import Timeline

/// Every row of the call-channel interface's table of transitions.
@Suite("The transitions of a channel")
struct ChannelTransitionTests {
    @Test("an INVITE for the application makes a waiting channel CALL_INCOMING")
    func incoming() {
        var harness = ChannelHarness(in: .waiting)
        harness.feed(.incoming)
        #expect(harness.channel.state == .callIncoming)
        #expect(harness.effects == [.changed(.callIncoming)])
    }

    @Test("ring may be repeated, and says each time whether early media is wanted, which is waited for")
    func ringing() {
        var harness = ChannelHarness(in: .callIncoming)
        let first = harness.perform(.ring(withEarlyMedia: false, for: .zero))
        let second = harness.perform(.ring(withEarlyMedia: true, for: .zero))
        #expect(harness.channel.state == .ringIncoming)
        #expect(harness.deeds == [.ring(withEarlyMedia: false), .ring(withEarlyMedia: true)])
        #expect(harness.outcome(of: first) == .state(.ringIncoming))
        #expect(harness.outcome(of: second) == nil)
        harness.feed(.rung(withEarlyMedia: true))
        #expect(harness.outcome(of: second) == .state(.ringIncoming))
    }

    @Test("audio may be sent to a ringing caller from the 183 to the answer, and only then")
    func earlyMedia() {
        var harness = ChannelHarness(in: .ringIncoming)
        #expect(harness.channel.mediaRefusal(of: "play", transmitting: true)?.code == .error)
        harness.feed(.rung(withEarlyMedia: false))
        #expect(harness.channel.mediaRefusal(of: "play", transmitting: true)?.code == .error)
        harness.feed(.rung(withEarlyMedia: true))
        #expect(harness.channel.mediaRefusal(of: "play", transmitting: true) == nil)
        #expect(harness.channel.mediaRefusal(of: "record", transmitting: false)?.code == .error)
        harness.feed(.transmitting(true))
        #expect(harness.channel.mediaRefusal(of: "play", transmitting: true)?.reason == .audioTaken)
        harness.feed(.transmitting(false))
        harness.perform(.answer)
        #expect(harness.channel.mediaRefusal(of: "play", transmitting: true)?.code == .error)
        #expect(!harness.channel.hasEarlyMedia)
    }

    @Test("ringing on waits for its time or the end of the ringing, and signals nothing")
    func ringingOn() {
        var harness = ChannelHarness(in: .ringIncoming)
        let first = harness.perform(.ringOn(for: .seconds(2)))
        harness.advance(by: .seconds(2))
        #expect(harness.outcome(of: first) == .state(.ringIncoming))
        let second = harness.perform(.ringOn(for: .seconds(2)))
        harness.feed(.cleared(.normal, raw: nil))
        #expect(harness.outcome(of: second) == .state(.idle))
        #expect(harness.deeds.isEmpty)
    }

    @Test("ring for three seconds completes after three seconds, or when the caller gives up")
    func timedRinging() {
        var harness = ChannelHarness(in: .callIncoming)
        let verb = harness.perform(.ring(withEarlyMedia: false, for: .seconds(3)))
        harness.advance(by: .milliseconds(2999))
        #expect(harness.outcome(of: verb) == nil)
        harness.advance(by: .milliseconds(1))
        #expect(harness.outcome(of: verb) == .state(.ringIncoming))

        var abandoned = ChannelHarness(in: .callIncoming)
        let other = abandoned.perform(.ring(withEarlyMedia: false, for: .seconds(3)))
        abandoned.feed(.cleared(.normal, raw: .requestTerminated))
        #expect(abandoned.outcome(of: other) == .state(.idle))
    }

    @Test("answer passes through ANSWERING to ANSWERED", arguments: [ChannelState.callIncoming, .ringIncoming])
    func answering(state: ChannelState) {
        var harness = ChannelHarness(in: state)
        let verb = harness.perform(.answer)
        #expect(harness.channel.state == .answering)
        #expect(harness.outcome(of: verb) == nil)
        harness.feed(.answered)
        #expect(harness.channel.state == .answered)
        #expect(harness.deeds == [.answer])
        #expect(harness.outcome(of: verb) == .state(.answered))
    }

    @Test("a caller who gives up while the answer is on its way leaves answer with IDLE")
    func answerLost() {
        var harness = ChannelHarness(in: .ringIncoming)
        let verb = harness.perform(.answer)
        harness.feed(.cleared(.normal, raw: nil))
        #expect(harness.outcome(of: verb) == .state(.idle))
    }

    @Test("reject sends the status of its cause and reads that cause in IDLE")
    func reject() {
        for (cause, status): (ClearingCause, StatusCode) in [
            (.busy, .busyHere), (.noAnswer, .temporarilyUnavailable), (.unobtainable, .notFound), (.changed, .gone),
            (.outOfOrder, .badGateway), (.barred, .forbidden), (.rejected, .decline),
            (.noChannels, .serviceUnavailable),
            (.congestion, .serviceUnavailable),
        ] {
            var harness = ChannelHarness(in: .callIncoming)
            let verb = harness.perform(.reject(cause, raw: nil))
            #expect(harness.deeds == [.reject(status, q850: cause == .congestion ? 42 : nil)])
            #expect(harness.channel.cause == .normal, "no cause before IDLE")
            harness.feed(.cleared(.error, raw: status))
            #expect(harness.outcome(of: verb) == .state(.idle))
            #expect(harness.channel.cause == cause)
            #expect(harness.channel.rawCause == status)
        }
    }

    @Test("reject refuses causes that nobody may reject with")
    func rejectWithoutStatus() {
        for cause: ClearingCause in [.timeout, .error, .normal, .failed, .other] {
            var harness = ChannelHarness(in: .callIncoming)
            let verb = harness.perform(.reject(cause, raw: nil))
            guard case .refused(let refusal) = harness.outcome(of: verb) else {
                Issue.record("\(cause) was not refused")
                continue
            }
            #expect(refusal.code == .error)
            #expect(harness.channel.state == .callIncoming)
            #expect(harness.deeds.isEmpty)
        }
    }

    @Test("a raw cause overrides the cause")
    func rejectRaw() {
        var harness = ChannelHarness(in: .ringIncoming)
        harness.perform(.reject(.busy, raw: 404))
        #expect(harness.deeds == [.reject(.notFound)])
        harness.feed(.cleared(.normal, raw: .notFound))
        #expect(harness.channel.cause == .unobtainable)
    }

    @Test(
        "a raw cause that is no failure leads to ERROR, sends nothing, and a second reject works",
        arguments: [ChannelState.callIncoming, .ringIncoming, .answered], [-1, 0, 180, 200, 301, 399, 700, 40_000])
    func rejectUnsupported(state: ChannelState, raw: Int) {
        var harness = ChannelHarness(in: state)
        let first = harness.perform(.reject(.busy, raw: raw))
        #expect(harness.channel.state == .error)
        #expect(harness.outcome(of: first) == .state(.error))
        #expect(harness.deeds.isEmpty)
        let second = harness.perform(.reject(.busy, raw: nil))
        #expect(harness.deeds == [state == .answered ? .release : .reject(.busyHere)])
        harness.feed(.cleared(.normal, raw: nil))
        #expect(harness.outcome(of: second) == .state(.idle))
        #expect(harness.channel.cause == .busy)
    }

    @Test("reject releases an answered call")
    func rejectAnswered() {
        var harness = ChannelHarness(in: .answered)
        harness.perform(.reject(.rejected, raw: nil))
        #expect(harness.deeds == [.release])
        harness.feed(.cleared(.normal, raw: nil))
        #expect(harness.channel.cause == .rejected)
    }

    @Test("hang-up leads to IDLE from every state but IDLE and WAITING", arguments: ChannelState.allCases)
    func hangUp(state: ChannelState) {
        var harness = ChannelHarness(in: state)
        let verb = harness.perform(.hangUp)
        if state == .idle || state == .waiting {
            #expect(harness.outcome(of: verb) == .state(state))
            #expect(harness.deeds.isEmpty)
            return
        }
        #expect(harness.deeds == [.release])
        #expect(harness.outcome(of: verb) == nil)
        harness.feed(.cleared(.failed, raw: nil))
        #expect(harness.outcome(of: verb) == .state(.idle))
        #expect(harness.channel.cause == .normal)
    }

    @Test("hang-up and reject wait 60 seconds for the call to be gone, then wait_for_idle completes the release")
    func clearingPatience() {
        for verb: ChannelVerb in [.hangUp, .reject(.busy, raw: nil)] {
            var harness = ChannelHarness(in: .answered)
            let first = harness.perform(verb)
            harness.advance(by: .milliseconds(59_999))
            #expect(harness.outcome(of: first) == nil)
            harness.advance(by: .milliseconds(1))
            #expect(harness.outcome(of: first) == .state(.answered))
            let wait = harness.perform(.waitForIdle(timeout: nil))
            harness.feed(.cleared(.normal, raw: nil))
            #expect(harness.outcome(of: wait) == .state(.idle))
            #expect(harness.channel.nextDeadline == nil)
        }
    }

    @Test("a far end that hangs up leaves IDLE with the cause it came with", arguments: ChannelState.allCases)
    func farEndClears(state: ChannelState) {
        var harness = ChannelHarness(in: state)
        harness.feed(.cleared(.busy, raw: .busyHere))
        if state == .waiting || state == .idle {
            #expect(harness.channel.state == state)
            return
        }
        #expect(harness.channel.state == .idle)
        #expect(harness.channel.cause == .busy)
        #expect(harness.channel.rawCause == .busyHere)
    }

    @Test("an outbound call goes CALL_OUTGOING, RING_OUTGOING, ANSWERED")
    func outbound() {
        var harness = ChannelHarness()
        let verb = harness.perform(.call(timeout: .seconds(120)))
        #expect(harness.deeds == [.place(verb)])
        #expect(harness.channel.state == .callOutgoing)
        harness.feed(.ringing)
        #expect(harness.channel.state == .ringOutgoing)
        harness.feed(.answered)
        #expect(harness.outcome(of: verb) == .state(.answered))
        #expect(harness.channel.nextDeadline == nil)
    }

    @Test("a call that takes too long is given up and ends IDLE with TIMEOUT")
    func outboundTimeout() {
        var harness = ChannelHarness()
        let verb = harness.perform(.call(timeout: .seconds(20)))
        harness.feed(.ringing)
        harness.advance(by: .seconds(20))
        #expect(harness.deeds == [.place(verb), .giveUp])
        harness.feed(.answered)
        #expect(harness.channel.state == .ringOutgoing, "an answer that crosses the CANCEL comes too late")
        harness.feed(.cleared(.normal, raw: .requestTerminated))
        #expect(harness.outcome(of: verb) == .state(.idle))
        #expect(harness.channel.cause == .timeout)
    }

    @Test("waiting for the answer of a started call does not end it")
    func waitForAnswer() {
        var harness = ChannelHarness()
        let start = harness.perform(.startCall)
        #expect(harness.outcome(of: start) == .state(.callOutgoing))
        let first = harness.perform(.waitForAnswer(timeout: .seconds(1)))
        harness.advance(by: .seconds(1))
        #expect(harness.outcome(of: first) == .state(.callOutgoing))
        let second = harness.perform(.waitForAnswer(timeout: nil))
        harness.feed(.answered)
        #expect(harness.outcome(of: second) == .state(.answered))
    }

    @Test("a channel that is idle again places the next call, and forgets the last one's causes")
    func reuse() {
        var harness = ChannelHarness()
        harness.perform(.startCall)
        harness.feed(.cleared(.busy, raw: .busyHere))
        #expect(harness.channel.cause == .busy)
        harness.perform(.startCall)
        #expect(harness.channel.state == .callOutgoing)
        #expect(harness.channel.cause == .normal)
        #expect(harness.channel.rawCause == nil)
    }

    @Test("hold and resume, accepted and refused")
    func hold() {
        var harness = ChannelHarness(in: .answered)
        let refused = harness.perform(.hold)
        harness.feed(.holdRefused)
        #expect(harness.outcome(of: refused) == .state(.answered))
        let held = harness.perform(.hold)
        #expect(harness.channel.state == .holding)
        harness.feed(.holdChanged)
        #expect(harness.outcome(of: held) == .state(.onHold))
        let notYet = harness.perform(.resume)
        harness.feed(.holdRefused)
        #expect(harness.outcome(of: notYet) == .state(.onHold))
        let resumed = harness.perform(.resume)
        harness.feed(.holdChanged)
        #expect(harness.outcome(of: resumed) == .state(.answered))
        #expect(harness.deeds == [.hold, .hold, .resume, .resume])
    }

    @Test("connect joins two answered channels and leaves both ANSWERED")
    func connect() {
        var harness = ChannelHarness(in: .answered)
        let verb = harness.perform(.connect(ChannelHarness.answeredPeer))
        #expect(harness.deeds == [.join(ChannelHarness.target)])
        harness.feed(.joined(ChannelHarness.target))
        #expect(harness.outcome(of: verb) == .done(true))
        #expect(harness.channel.state == .answered)
        #expect(harness.channel.connectedTo == ChannelHarness.target)
        let parting = harness.perform(.disconnect)
        #expect(harness.outcome(of: parting) == .done(true))
        #expect(harness.channel.connectedTo == nil)
        let again = harness.perform(.disconnect)
        #expect(harness.outcome(of: again) == .done(false))
    }

    @Test("whoever has the channel hears that it was connected or parted before the verb is through, and once")
    func connectIsTold() {
        var harness = ChannelHarness(in: .answered)
        let verb = harness.perform(.connect(ChannelHarness.answeredPeer))
        harness.feed(.joined(ChannelHarness.target))
        #expect(harness.effects.suffix(2) == [.changed(.answered), .completed(verb, .done(true))])
        let parting = harness.perform(.disconnect)
        #expect(harness.effects.suffix(3) == [.part, .changed(.answered), .completed(parting, .done(true))])
        let count = harness.effects.count
        harness.feed(.parted)
        #expect(harness.effects.count == count)
        harness.perform(.connect(ChannelHarness.answeredPeer))
        harness.feed(.joined(ChannelHarness.target))
        harness.feed(.parted)
        #expect(harness.effects.last == .changed(.answered))
    }

    @Test("connect to a channel that is not ANSWERED does nothing and says so")
    func connectToUnanswered() {
        var harness = ChannelHarness(in: .answered)
        let verb = harness.perform(.connect(ChannelHarness.idlePeer))
        #expect(harness.outcome(of: verb) == .done(false))
        #expect(harness.deeds.isEmpty)
    }

    @Test("a call that ends while it is connected parts from the other one")
    func clearedWhileConnected() {
        var harness = ChannelHarness(in: .answered)
        harness.perform(.connect(ChannelHarness.answeredPeer))
        harness.feed(.joined(ChannelHarness.target))
        harness.feed(.cleared(.normal, raw: nil))
        #expect(harness.deeds == [.join(ChannelHarness.target), .part])
        #expect(harness.channel.connectedTo == nil)
    }

    @Test("a verb that nobody waits for any more gives up what it began")
    func abandoned() {
        var calling = ChannelHarness()
        let call = calling.perform(.call(timeout: nil))
        calling.feed(.abandoned(call))
        #expect(calling.deeds == [.place(call), .release])
        calling.feed(.cleared(.normal, raw: .requestTerminated))
        #expect(calling.channel.state == .idle)

        var waiting = ChannelHarness(in: .answered)
        let wait = waiting.perform(.waitForIdle(timeout: nil))
        waiting.feed(.abandoned(wait))
        #expect(waiting.outcome(of: wait) == .state(.answered))
        #expect(waiting.deeds.isEmpty)
    }
}
