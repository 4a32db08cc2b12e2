import CallControl
import SIPMessages
import Testing
import Timeline

/// What every verb needs: IDLE is a hang-up, another wrong state an error, the right one runs.
@Suite("The preconditions of a channel's verbs")
struct ChannelPreconditionTests {
    enum Expected { case runs, hangup, error }

    private static let verbs: [(ChannelVerb, Set<ChannelState>)] = [
        (.ring(withEarlyMedia: false, for: .zero), [.callIncoming, .ringIncoming]),
        (.ringOn(for: .seconds(1)), [.ringIncoming]),
        (.answer, [.callIncoming, .ringIncoming]),
        (
            .reject(.busy, raw: nil),
            [.callIncoming, .ringIncoming, .answered, .error, .holding, .onHold, .transferring, .transferred]
        ),
        (.connect(ChannelHarness.answeredPeer), [.answered]),
        (.hold, [.answered]),
        (.resume, [.onHold]),
        (.transfer(ChannelHarness.idlePeer, timeout: nil), [.answered]),
        (.refer(timeout: nil), [.answered]),
        (.referReplacing(ChannelHarness.answeredPeer, timeout: nil), [.answered]),
        (.retrieve, [.transferred]),
    ]

    private static func found(_ outcome: VerbOutcome?) -> Expected {
        guard case .refused(let refusal) = outcome else { return .runs }
        return refusal.code == .hangup ? .hangup : .error
    }

    @Test("in every state", arguments: ChannelState.allCases)
    func everyState(state: ChannelState) {
        for (verb, right) in Self.verbs {
            var harness = ChannelHarness(in: state)
            let id = harness.perform(verb)
            let expected: Expected = right.contains(state) ? .runs : state == .idle ? .hangup : .error
            #expect(Self.found(harness.outcome(of: id)) == expected, "\(verb.name) in \(state)")
            if expected != .runs {
                #expect(harness.deeds.isEmpty)
                #expect(harness.channel.state == state)
            }
        }
    }

    @Test("the waits and the parting, in every state", arguments: ChannelState.allCases)
    func waits(state: ChannelState) {
        let unasked: Set<ChannelState> = [.waiting, .callIncoming, .ringIncoming, .error]
        let returning: Set<ChannelState> = [.transferred, .reconnecting, .answered, .idle]
        let expected: [(ChannelVerb, Expected)] = [
            (.waitForIdle(timeout: nil), .runs), (.hangUp, .runs), (.disconnect, state == .idle ? .hangup : .runs),
            (.waitForAnswer(timeout: nil), unasked.contains(state) ? .error : .runs),
            (.waitForRetrieval(timeout: nil), returning.contains(state) ? .runs : .error),
            (.answerTransfer(isAccepted: true), state == .idle ? .hangup : .error),
        ]
        for (verb, right) in expected {
            var harness = ChannelHarness(in: state)
            let id = harness.perform(verb)
            #expect(Self.found(harness.outcome(of: id)) == right, "\(verb.name) in \(state)")
        }
    }

    @Test("a transfer that the far end asks for can be answered once, and by a call that can be put through")
    func answeringTransfers() {
        for state: ChannelState in [.answered, .onHold, .transferred] {
            var harness = ChannelHarness(in: state)
            harness.feed(.transferRequested(true))
            let accept = harness.perform(.answerTransfer(isAccepted: true))
            #expect(harness.deeds == [.answerTransfer(isAccepted: true)])
            #expect(harness.outcome(of: accept) == nil)
            let again = harness.perform(.answerTransfer(isAccepted: false))
            #expect(Self.found(harness.outcome(of: again)) == .error)
            harness.feed(.farEndChanged(true))
            #expect(harness.outcome(of: accept) == .done(true))
            #expect(harness.channel.state == state)
        }
        var withdrawn = ChannelHarness(in: .answered)
        withdrawn.feed(.transferRequested(true))
        withdrawn.feed(.transferRequested(false))
        let late = withdrawn.perform(.answerTransfer(isAccepted: true))
        #expect(Self.found(withdrawn.outcome(of: late)) == .error)
        var gone = ChannelHarness(in: .answered)
        gone.feed(.transferRequested(true))
        let lost = gone.perform(.answerTransfer(isAccepted: true))
        gone.feed(.cleared(.normal, raw: nil))
        #expect(gone.outcome(of: lost) == .done(false))
    }

    @Test("a call needs IDLE, and anything else is an error", arguments: ChannelState.allCases)
    func placing(state: ChannelState) {
        for verb: ChannelVerb in [.call(timeout: nil), .startCall] {
            var harness = ChannelHarness(in: state, isInbound: false)
            let id = harness.perform(verb)
            let outcome = Self.found(harness.outcome(of: id))
            #expect(outcome == (state == .idle ? .runs : .error), "\(verb.name) in \(state)")
        }
    }

    @Test("a channel that was given an inbound call places none")
    func inboundPlacesNothing() {
        var harness = ChannelHarness(in: .idle, isInbound: true)
        let id = harness.perform(.startCall)
        guard case .refused(let refusal) = harness.outcome(of: id) else { Issue.record("not refused"); return }
        #expect(refusal.reason == .inboundOnly)
    }

    @Test("a refusal names the state found and the state needed")
    func message() {
        var harness = ChannelHarness(in: .callOutgoing)
        let id = harness.perform(.hold)
        guard case .refused(let refusal) = harness.outcome(of: id) else { Issue.record("not refused"); return }
        #expect(refusal.message == "hold needs ANSWERED, but the channel is CALL_OUTGOING")
    }

    @Test("before the answer, early media lets players play, and nobody be handed over")
    func earlyMedia() {
        let idle = ChannelPeer(id: ChannelHarness.target, state: .idle, isAudioTaken: false)
        for verb: ChannelVerb in [.connect(ChannelHarness.answeredPeer), .transfer(idle, timeout: nil)] {
            var harness = ChannelHarness(in: .ringIncoming)
            harness.feed(.rung(withEarlyMedia: true))
            #expect(harness.channel.mediaRefusal(of: "play", transmitting: true) == nil)
            let id = harness.perform(verb)
            #expect(Self.found(harness.outcome(of: id)) == .error)
            #expect(harness.channel.state == .ringIncoming)
        }
    }

    @Test("players need a channel that sends nothing and is not connected; recorders and detectors do not")
    func media() {
        var harness = ChannelHarness(in: .answered)
        #expect(harness.channel.mediaRefusal(of: "play", transmitting: true) == nil)
        harness.feed(.transmitting(true))
        #expect(harness.channel.mediaRefusal(of: "play", transmitting: true)?.reason == .audioTaken)
        #expect(harness.channel.mediaRefusal(of: "record", transmitting: false) == nil)
        let connecting = harness.perform(.connect(ChannelHarness.answeredPeer))
        #expect(Self.found(harness.outcome(of: connecting)) == .error)
        harness.feed(.transmitting(false))
        harness.perform(.connect(ChannelHarness.answeredPeer))
        harness.feed(.joined(ChannelHarness.target))
        #expect(harness.channel.mediaRefusal(of: "play", transmitting: true)?.code == .error)
        #expect(harness.channel.mediaRefusal(of: "record", transmitting: false) == nil)
        #expect(ChannelHarness(in: .idle).channel.mediaRefusal(of: "play", transmitting: true)?.code == .hangup)
        #expect(
            ChannelHarness(in: .transferred).channel.mediaRefusal(of: "record", transmitting: false)?.code == .error)
    }

    @Test("the other channel must not send or be connected, and must not be the same")
    func otherChannel() {
        var harness = ChannelHarness(in: .answered)
        let taken = ChannelPeer(id: ChannelHarness.target, state: .answered, isAudioTaken: true)
        let itself = ChannelPeer(id: harness.channel.id, state: .answered, isAudioTaken: false)
        for peer in [taken, itself] {
            let id = harness.perform(.connect(peer))
            #expect(Self.found(harness.outcome(of: id)) == .error)
        }
        let busy = harness.perform(.transfer(ChannelHarness.answeredPeer, timeout: nil))
        #expect(Self.found(harness.outcome(of: busy)) == .error)
        #expect(harness.deeds.isEmpty)
    }

    @Test("while a call is being ended every verb but hang-up and the waits is refused as a hang-up")
    func clearing() {
        var harness = ChannelHarness(in: .answered)
        harness.perform(.hangUp)
        for verb: ChannelVerb in [.hold, .connect(ChannelHarness.answeredPeer), .reject(.busy, raw: nil)] {
            let id = harness.perform(verb)
            #expect(Self.found(harness.outcome(of: id)) == .hangup)
        }
        #expect(harness.deeds == [.release])
        let second = harness.perform(.hangUp)
        harness.feed(.cleared(.normal, raw: nil))
        #expect(harness.outcome(of: second) == .state(.idle))
        #expect(harness.deeds == [.release])
    }

    @Test("no sequence of events traps, and IDLE leaves no verb waiting")
    func randomEvents() {
        var dice = SplitMix(state: 11)
        for _ in 0..<2_000 {
            var harness = ChannelHarness(isInbound: dice.next() % 2 == 0)
            var asked: [VerbID] = []
            for _ in 0..<30 {
                let event = Self.events[Int(dice.next() % UInt64(Self.events.count))]
                if case .verb(_, let verb) = event { asked.append(harness.perform(verb)) } else { harness.feed(event) }
                if dice.next() % 4 == 0 { harness.advance(by: .seconds(Int64(dice.next() % 40))) }
            }
            harness.perform(.hangUp)
            harness.feed(.cleared(.normal, raw: nil))
            harness.advance(by: .seconds(200))
            if harness.channel.state == .idle {
                for verb in asked { #expect(harness.outcome(of: verb) != nil) }
                #expect(harness.channel.nextDeadline == nil)
            } else {
                #expect(harness.channel.state == .waiting)
            }
        }
    }

    private static let events: [ChannelEvent] = {
        let none = VerbID(rawValue: 0)
        let asked: [ChannelVerb] =
            verbs.map { $0.0 } + [
                .hangUp, .call(timeout: .seconds(20)), .startCall, .waitForAnswer(timeout: .seconds(5)),
                .waitForIdle(timeout: nil), .disconnect, .waitForRetrieval(timeout: nil),
            ]
        return asked.map { .verb(none, $0) } + [
            .incoming, .incoming, .ringing, .answered, .answered, .cleared(.busy, raw: .busyHere), .holdChanged,
            .holdRefused, .target(.ringing), .target(.answered), .target(.cleared(.busy)),
            .joined(ChannelHarness.target), .joined(nil), .parted, .referred(.succeeded), .referred(.failed(.busyHere)),
            .transmitting(true), .transmitting(false),
        ]
    }()
}

/// A small generator, so that a failure comes again.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
