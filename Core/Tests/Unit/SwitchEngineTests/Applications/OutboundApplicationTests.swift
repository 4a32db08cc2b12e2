import Accounting
import CallControl
import MediaSessions
import SIPMessages
import SwitchEngine
import Testing
import Timeline

@Suite("An outbound call of an application")
struct OutboundApplicationTests {
    static let channel = ApplicationHarness.outbound
    static let vendor = SwitchHarness.vendor

    @Test("offers our own audio, rings, is answered, and is ended by the callee")
    func answered() throws {
        var application = try ApplicationHarness()
        let call = application.perform(
            .call(timeout: .seconds(30)), on: Self.channel, to: "sip:4420@example.org", from: "100")
        let invite = try #require(call.sent.last)
        #expect(invite.line == "INVITE")
        #expect(invite.text.contains("m=audio 20000 RTP/AVP 0 8 101"))
        #expect(invite.value(.from)?.contains("sip:100@") == true)
        application.deliver(Messages.response("180 Ringing", to: invite), from: Self.vendor)
        #expect(application.report(of: Self.channel)?.state == .ringOutgoing)
        let answered = application.deliver(Messages.response("200 OK", to: invite, sdp: true), from: Self.vendor)
        #expect(answered.map(\.line) == ["ACK"])
        #expect(application.outcome(of: call.id) == .state(.answered))
        let row = try #require(application.harness.core.listing(at: application.harness.now).first)
        #expect(row.state == .connected)
        #expect(row.connection == 1)
        #expect(!row.callID.isEmpty)
        let ack = try #require(answered.last)
        application.deliver(Messages.fromCallee("BYE", 1, ack), from: Self.vendor)
        application.conclude()
        #expect(
            application.states(of: Self.channel) == [.callOutgoing, .ringOutgoing, .answered, .idle])
        #expect(application.harness.allRecords.map(\.ending.endedBy) == [.callee])
        #expect(application.harness.allRecords.map(\.origin) == [.application])
        let isQuiet = application.harness.core.isQuiet
        #expect(isQuiet)
    }

    @Test(
        "a Reason that tells a Q.850 cause says more than the status of a failure",
        arguments: [
            ("403 Forbidden", 21, ClearingCause.rejected), ("403 Forbidden", 57, .barred),
            ("503 No", 42, .congestion), ("503 No", 34, .noChannels), ("480 Gone", 17, .busy),
            ("404 No", 99, .unobtainable),
        ])
    func reason(line: String, told: Int, cause: ClearingCause) throws {
        var application = try ApplicationHarness { provisioning, _ in
            provisioning.routingGroups[0].members.removeLast()
        }
        let invite = try #require(application.perform(.call(timeout: nil), on: Self.channel, to: "4420").sent.last)
        let refusal = Messages.response(line, to: invite)
            .replacing("CSeq", with: "Reason: Q.850;cause=\(told);text=\"x\"\r\nCSeq")
        application.deliver(refusal, from: Self.vendor)
        application.conclude()
        #expect(application.report(of: Self.channel)?.cause == cause)
        let status = line.split(separator: " ").first.map(String.init)
        #expect(application.report(of: Self.channel).map { "\($0.rawCause)" } == status)
        #expect(application.harness.allRecords.map(\.ending.clearingCause) == [cause.rawValue])
    }

    @Test("a busy callee leaves IDLE with BUSY and 486")
    func busy() throws {
        var application = try ApplicationHarness()
        let call = application.perform(.call(timeout: nil), on: Self.channel, to: "4420")
        let invite = try #require(call.sent.last)
        application.deliver(Messages.response("486 Busy Here", to: invite), from: Self.vendor)
        application.conclude()
        #expect(application.outcome(of: call.id) == .state(.idle))
        #expect(application.report(of: Self.channel)?.cause == .busy)
        #expect(application.report(of: Self.channel)?.rawCause == 486)
    }

    @Test(
        "a tone of failure before the answer ends the call IDLE with its cause and raw cause −1",
        arguments: [
            (FailureToneDetector.Tone.busy, ClearingCause.busy, UInt16(486), HangupCause.userBusy),
            (.congestion, .congestion, 503, .normalTemporaryFailure),
            (.information, .unobtainable, 404, .unallocatedNumber),
        ])
    func inBandFailure(
        tone: FailureToneDetector.Tone, cause: ClearingCause, status: UInt16, hangup: HangupCause
    ) throws {
        var application = try ApplicationHarness()
        let call = application.perform(.call(timeout: .seconds(30)), on: Self.channel, to: "4420")
        let invite = try #require(call.sent.last)
        application.deliver(
            Messages.response("183 Session Progress", to: invite, sdp: true), from: Self.vendor)
        let watched = application.media.compactMap {
            if case .party(let session, .watchProgress(isOn: true)) = $0 { session } else { nil }
        }
        let session = try #require(watched.first)
        let sent = application.give(.media(.party(session, .failureTone(tone))))
        #expect(sent.map(\.line) == ["CANCEL"])
        // A second tone, and an answer that crosses the CANCEL, change nothing.
        #expect(application.give(.media(.party(session, .failureTone(.busy)))).isEmpty)
        #expect(application.report(of: Self.channel)?.state == .ringOutgoing)
        application.deliver(Messages.response("487 Request Terminated", to: invite), from: Self.vendor)
        application.conclude()
        #expect(application.outcome(of: call.id) == .state(.idle))
        #expect(application.report(of: Self.channel)?.cause == cause)
        #expect(application.report(of: Self.channel)?.rawCause == -1)
        let ending = try #require(application.harness.allRecords.last?.ending)
        #expect(ending.status == status && ending.clearingCause == cause.rawValue)
        #expect(ending.hangupCause == hangup.rawValue)
        let next = application.perform(.startCall, on: Self.channel, to: "4420")
        #expect(next.sent.last?.line == "INVITE")
        #expect(application.report(of: Self.channel)?.rawCause == 0)
    }

    @Test("a callee that answers with no audio that was offered is hung up on, and the call was never answered")
    func incompatible() throws {
        var application = try ApplicationHarness()
        let call = application.perform(.call(timeout: nil), on: Self.channel, to: "4420")
        let invite = try #require(call.sent.last)
        let answer = Messages.response("200 OK", to: invite, sdp: true)
            .replacing("AVP 0", with: "AVP 9").replacing("0 PCMU", with: "9 G722")
        let sent = application.deliver(answer, from: Self.vendor)
        #expect(sent.map(\.line) == ["ACK", "BYE"])
        application.conclude()
        #expect(application.outcome(of: call.id) == .state(.idle))
        #expect(application.report(of: Self.channel)?.cause == .failed)
        #expect(application.report(of: Self.channel)?.rawCause == 488)
        let record = try #require(application.harness.allRecords.last)
        #expect(record.times.answer == nil && record.duration == .zero && record.ending.status == 488)
        #expect(record.ending.hangupCause == HangupCause.incompatibleDestination.rawValue)
    }

    @Test("fails over as any call of its account does")
    func failover() throws {
        var application = try ApplicationHarness()
        let call = application.perform(.call(timeout: nil), on: Self.channel, to: "4420")
        let invite = try #require(call.sent.last)
        let next = application.deliver(Messages.response("503 No", to: invite), from: Self.vendor)
        #expect(next.map(\.line) == ["ACK", "INVITE"])
        #expect(next.last?.text.contains("m=audio 20000") == true)
    }

    @Test("a call that takes too long is cancelled and ends IDLE with TIMEOUT")
    func timeout() throws {
        var application = try ApplicationHarness()
        let call = application.perform(.call(timeout: .seconds(10)), on: Self.channel, to: "4420")
        let invite = try #require(call.sent.last)
        application.deliver(Messages.response("180 Ringing", to: invite), from: Self.vendor)
        let given = application.advance(.seconds(10))
        #expect(given.map(\.line) == ["CANCEL"])
        let cancel = try #require(given.last)
        application.deliver(Messages.response("200 OK", to: cancel), from: Self.vendor)
        application.deliver(Messages.response("487 Request Terminated", to: invite), from: Self.vendor)
        application.conclude()
        #expect(application.outcome(of: call.id) == .state(.idle))
        #expect(application.report(of: Self.channel)?.cause == .timeout)
    }

    @Test("an abandoned call is cancelled")
    func abandoned() throws {
        var application = try ApplicationHarness()
        let call = application.perform(.call(timeout: nil), on: Self.channel, to: "4420")
        let invite = try #require(call.sent.last)
        application.deliver(Messages.response("180 Ringing", to: invite), from: Self.vendor)
        #expect(application.give(.channel(.abandon(Self.channel, call.id))).map(\.line) == ["CANCEL"])
    }

    @Test("a destination that cannot be dialled, and an account that does not exist, fail at once")
    func undiallable() throws {
        var application = try ApplicationHarness()
        for destination in ["", "sip:@host", "a b"] {
            let call = application.perform(.call(timeout: nil), on: Self.channel, to: destination)
            #expect(call.sent.isEmpty)
            #expect(application.outcome(of: call.id) == .state(.idle))
            #expect(application.report(of: Self.channel)?.cause == .unobtainable)
        }
        let stranger = ChannelID(rawValue: 1 << 62 + 9)
        application.give(.channel(.open(stranger, account: 99)))
        let call = application.perform(.call(timeout: nil), on: stranger, to: "4420")
        #expect(application.outcome(of: call.id) == .state(.idle))
        #expect(application.report(of: stranger)?.cause == .barred)
    }

    @Test("counts against the account's limit, which is given back")
    func limited() throws {
        var application = try ApplicationHarness { provisioning, _ in provisioning.accounts[0].maxSessions = 1 }
        let call = application.perform(.call(timeout: nil), on: Self.channel, to: "4420")
        let invite = try #require(call.sent.last)
        let second = ChannelID(rawValue: 1 << 62 + 1)
        application.give(.channel(.open(second, account: 3)))
        let refused = application.perform(.call(timeout: nil), on: second, to: "4420")
        #expect(refused.sent.isEmpty)
        #expect(application.report(of: second)?.cause == .noChannels)
        application.deliver(Messages.response("486 Busy", to: invite), from: Self.vendor)
        application.conclude()
        #expect(application.perform(.call(timeout: nil), on: second, to: "4420").sent.map(\.line) == ["INVITE"])
    }

    @Test("a retrievable transfer joins the caller with the target, and its end brings the caller back")
    func transfer() throws {
        var application = try ApplicationHarness()
        let (caller, _) = try application.answered()
        let peer = ChannelPeer(id: Self.channel, state: .idle, isAudioTaken: false)
        let transfer = application.perform(.transfer(peer, timeout: .seconds(60)), on: caller, to: "4420")
        let invite = try #require(transfer.sent.last)
        #expect(application.report(of: caller)?.state == .transferring)
        application.deliver(Messages.response("180 Ringing", to: invite), from: Self.vendor)
        let ack = try #require(
            application.deliver(Messages.response("200 OK", to: invite, sdp: true), from: Self.vendor).last)
        #expect(application.outcome(of: transfer.id) == .state(.transferred))
        #expect(application.report(of: caller)?.transferCause == .normal)
        #expect(application.report(of: caller)?.connectedTo == Self.channel)
        let wait = application.perform(.waitForRetrieval(timeout: nil), on: caller)
        application.deliver(Messages.fromCallee("BYE", 1, ack), from: Self.vendor)
        application.conclude()
        #expect(application.outcome(of: wait.id) == .state(.answered))
        #expect(application.report(of: Self.channel)?.state == .idle)
        #expect(application.harness.core.listing(at: application.harness.now).map(\.state) == [.connected])
    }

    @Test("a transfer to a busy target leaves the caller ANSWERED with TARGETREJECT")
    func transferRefused() throws {
        var application = try ApplicationHarness()
        let (caller, _) = try application.answered()
        let peer = ChannelPeer(id: Self.channel, state: .idle, isAudioTaken: false)
        let transfer = application.perform(.transfer(peer, timeout: nil), on: caller, to: "4420")
        let invite = try #require(transfer.sent.last)
        application.deliver(Messages.response("486 Busy", to: invite), from: Self.vendor)
        for case .close(let session) in application.media {
            application.give(.media(.closed(session, caller: MediaStatistics(), callee: MediaStatistics())))
        }
        #expect(application.outcome(of: transfer.id) == .state(.answered))
        #expect(application.report(of: caller)?.transferCause == .targetReject)
    }

    @Test("a caller who hangs up while transferred takes the target along")
    func transferredHangsUp() throws {
        var application = try ApplicationHarness()
        let (caller, ok) = try application.answered()
        let peer = ChannelPeer(id: Self.channel, state: .idle, isAudioTaken: false)
        let transfer = application.perform(.transfer(peer, timeout: nil), on: caller, to: "4420")
        let invite = try #require(transfer.sent.last)
        application.deliver(Messages.response("200 OK", to: invite, sdp: true), from: Self.vendor)
        #expect(application.deliver(Messages.inDialog("BYE", 2, after: ok)).map(\.line) == ["200 BYE"])
        var byes: [Sent] = []
        for case .close(let session) in application.media {
            byes += application.give(.media(.closed(session, caller: MediaStatistics(), callee: MediaStatistics())))
        }
        #expect(byes.map(\.line) == ["BYE"])
        #expect(byes.first?.flow.remote == Self.vendor)
    }
}
