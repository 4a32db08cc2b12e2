import CallControl
import SIPMessages
import Testing
import Timeline

@Suite("The transfers of a channel")
struct ChannelTransferTests {
    private static let target = ChannelHarness.target

    @Test("a transfer calls the target, plays ringback while it rings, and joins the two")
    func transfer() {
        var harness = ChannelHarness(in: .answered)
        let verb = harness.perform(.transfer(ChannelHarness.idlePeer, timeout: .seconds(120)))
        #expect(harness.channel.state == .transferring)
        harness.feed(.target(.ringing))
        harness.feed(.target(.answered))
        #expect(harness.outcome(of: verb) == nil)
        harness.feed(.joined(Self.target))
        #expect(
            harness.deeds == [
                .placeTarget(Self.target, verb), .ringback(true), .ringback(false), .join(Self.target),
            ])
        #expect(harness.outcome(of: verb) == .state(.transferred))
        #expect(harness.channel.transferCause == .normal)
        #expect(harness.channel.nextDeadline == nil)
    }

    @Test("a target that refuses leaves the channel ANSWERED and says why", arguments: ClearingCause.allCases)
    func targetRefuses(cause: ClearingCause) {
        var harness = ChannelHarness(in: .transferring)
        harness.feed(.target(.cleared(cause)))
        #expect(harness.channel.state == .answered)
        #expect(harness.channel.transferCause == TransferCause(targetCleared: cause))
        #expect(harness.deeds == [.ringback(false)])
    }

    @Test("refusals are TARGETREJECT, silence is TIMEOUT, the rest is FAIL")
    func targetCauses() {
        let expected: [ClearingCause: TransferCause] = [
            .busy: .targetReject, .noAnswer: .targetReject, .unobtainable: .targetReject, .changed: .targetReject,
            .barred: .targetReject, .rejected: .targetReject, .timeout: .timeout, .normal: .fail, .error: .fail,
            .outOfOrder: .fail, .noChannels: .fail, .congestion: .fail, .failed: .fail, .other: .fail,
        ]
        for cause in ClearingCause.allCases { #expect(TransferCause(targetCleared: cause) == expected[cause]) }
    }

    @Test("a target that hangs up between its answer and the joining is TARGETHANGUP")
    func targetHangsUp() {
        var harness = ChannelHarness(in: .transferring)
        harness.feed(.target(.answered))
        harness.feed(.target(.cleared(.normal)))
        #expect(harness.channel.state == .answered)
        #expect(harness.channel.transferCause == .targetHangup)
    }

    @Test("audio that cannot be joined fails the transfer and lets the target go")
    func joiningFails() {
        var harness = ChannelHarness(in: .transferring)
        harness.feed(.target(.answered))
        harness.feed(.joined(nil))
        #expect(harness.channel.state == .answered)
        #expect(harness.channel.transferCause == .fail)
        #expect(harness.deeds.last == .releaseTarget(Self.target))
    }

    @Test("a transfer that takes too long is given up, the target is let go, the far end is back")
    func timeout() {
        var harness = ChannelHarness(in: .answered)
        let verb = harness.perform(.transfer(ChannelHarness.idlePeer, timeout: .seconds(30)))
        harness.feed(.target(.ringing))
        harness.advance(by: .seconds(30))
        #expect(harness.outcome(of: verb) == .state(.answered))
        #expect(harness.channel.transferCause == .timeout)
        #expect(harness.deeds.suffix(2) == [.ringback(false), .releaseTarget(Self.target)])
    }

    @Test("without a time limit a transfer waits for ever")
    func unlimited() {
        let harness = ChannelHarness(in: .transferring)
        #expect(harness.channel.nextDeadline == nil)
    }

    @Test("a party that hangs up while it is transferred is HANGUP, and the target is let go")
    func partyHangsUp() {
        var harness = ChannelHarness(in: .transferring)
        harness.feed(.cleared(.normal, raw: nil))
        #expect(harness.channel.state == .idle)
        #expect(harness.channel.transferCause == .hangup)
        #expect(harness.deeds == [.ringback(false), .releaseTarget(Self.target)])
    }

    @Test("a transferred call that ends lets its target go")
    func transferredEnds() {
        var harness = ChannelHarness(in: .transferred)
        harness.feed(.cleared(.normal, raw: nil))
        #expect(harness.channel.state == .idle)
        #expect(harness.channel.transferCause == .normal)
        #expect(harness.deeds == [.releaseTarget(Self.target), .part])
    }

    @Test("a target that hangs up brings the transferred call back")
    func retrievalByTarget() {
        var harness = ChannelHarness(in: .transferred)
        let verb = harness.perform(.waitForRetrieval(timeout: nil))
        harness.feed(.target(.cleared(.normal)))
        #expect(harness.channel.state == .reconnecting)
        harness.feed(.parted)
        #expect(harness.outcome(of: verb) == .state(.answered))
        #expect(harness.deeds == [.part])
    }

    @Test("an application takes its transferred call back")
    func retrievalByApplication() {
        var harness = ChannelHarness(in: .transferred)
        let verb = harness.perform(.retrieve)
        #expect(harness.channel.state == .reconnecting)
        #expect(harness.deeds == [.part, .releaseTarget(Self.target)])
        harness.feed(.parted)
        #expect(harness.outcome(of: verb) == .state(.answered))
        #expect(harness.channel.connectedTo == nil)
    }

    @Test("waiting for the retrieval ends with its time, and with the call")
    func waitForRetrieval() {
        var harness = ChannelHarness(in: .transferred)
        let first = harness.perform(.waitForRetrieval(timeout: .seconds(5)))
        harness.advance(by: .seconds(5))
        #expect(harness.outcome(of: first) == .state(.transferred))
        let second = harness.perform(.waitForRetrieval(timeout: nil))
        harness.feed(.cleared(.normal, raw: nil))
        #expect(harness.outcome(of: second) == .state(.idle))
    }

    @Test("a blind transfer ends the call when the far end has reached the target")
    func refer() {
        var harness = ChannelHarness(in: .answered)
        let verb = harness.perform(.refer(timeout: .seconds(30)))
        #expect(harness.deeds == [.refer(verb, replacing: nil)])
        harness.feed(.referred(.pending))
        #expect(harness.channel.state == .transferring)
        harness.feed(.referred(.succeeded))
        #expect(harness.deeds.last == .release)
        harness.feed(.cleared(.normal, raw: nil))
        #expect(harness.outcome(of: verb) == .state(.idle))
        #expect(harness.channel.transferCause == .normal)
        #expect(harness.channel.cause == .normal)
    }

    @Test("a blind transfer that is refused or forgotten leaves the call ANSWERED")
    func referFails() {
        var refused = ChannelHarness(in: .answered)
        refused.perform(.refer(timeout: nil))
        refused.feed(.referred(.failed(.busyHere)))
        #expect(refused.channel.state == .answered)
        #expect(refused.channel.transferCause == .targetReject)

        var forgotten = ChannelHarness(in: .answered)
        forgotten.perform(.refer(timeout: .seconds(30)))
        forgotten.advance(by: .seconds(30))
        #expect(forgotten.channel.state == .answered)
        #expect(forgotten.channel.transferCause == .timeout)
    }
}
