import Accounting
import Audio
import CallControl
import MediaSessions
import Routing
import SIPMessages
import SwitchEngine
import Testing
import Timeline

@Suite("An inbound call of an application")
struct InboundApplicationTests {
    @Test("is offered, rung, answered with our description, and ended by the caller")
    func answered() throws {
        var application = try ApplicationHarness()
        let id = try application.invited()
        let details = try #require(application.report(of: id)).details
        #expect(details.callTo == Array("5000".utf8))
        #expect(details.callFrom == Array("alice".utf8))
        #expect(details.canHaveEarlyMedia)
        let rung = application.perform(.ring(withEarlyMedia: false, for: .zero), on: id)
        #expect(rung.sent.map(\.line) == ["180 INVITE"])
        #expect(application.outcome(of: rung.id) == .state(.ringIncoming))
        let answer = application.perform(.answer, on: id)
        let ok = try #require(answer.sent.last)
        #expect(ok.line == "200 INVITE")
        #expect(ok.text.contains("m=audio 20000 RTP/AVP 0\r\n"))
        #expect(ok.text.contains("c=IN IP4 127.0.0.1"))
        #expect(application.outcome(of: answer.id) == .state(.answered))
        application.deliver(Messages.inDialog("ACK", 1, after: ok))
        #expect(application.harness.core.listing(at: application.harness.now).first?.state == .connected)
        application.advance(.seconds(5))
        #expect(application.deliver(Messages.inDialog("BYE", 2, after: ok)).map(\.line) == ["200 BYE"])
        application.conclude()
        #expect(application.states(of: id) == [.callIncoming, .ringIncoming, .answering, .answered, .idle])
        #expect(application.report(of: id)?.cause == .normal)
        let record = try #require(application.harness.allRecords.first)
        #expect(application.harness.allRecords.count == 1)
        #expect(record.ending.endedBy == .caller)
        #expect(record.duration == .seconds(5))
        let isQuiet = application.harness.core.isQuiet
        #expect(isQuiet)
    }

    @Test("tells the media shard where the caller wants its audio, and in which format")
    func terms() throws {
        var application = try ApplicationHarness()
        _ = try application.answered()
        let (target, agreement) = try #require(application.descriptions.last)
        #expect(agreement == AudioAgreement(.pcmu, telephoneEvents: nil))
        #expect(target.rtp.map { "\($0)" } == "127.0.0.2:6000")
    }

    @Test("is rejected with the status of its cause, and leaves no second leg and no open port")
    func rejected() throws {
        var application = try ApplicationHarness()
        let id = try application.invited()
        let reject = application.perform(.reject(.busy, raw: nil), on: id)
        #expect(reject.sent.map(\.line) == ["486 INVITE"])
        #expect(application.outcome(of: reject.id) == .state(.idle))
        #expect(application.report(of: id)?.cause == .busy)
        #expect(application.media.isEmpty)
        #expect(application.harness.allRecords.map(\.ending.endedBy) == [.application])
        #expect(application.harness.allRecords.map(\.ending.status) == [486])
    }

    @Test(
        "a number of a user that leads nowhere is refused 404, and its user is told, in either form of the number",
        arguments: [("5000", "5000"), ("+5000", "5000"), ("5000", "+5000")])
    func idleNumber(_ provisioned: String, _ dialled: String) throws {
        var application = try ApplicationHarness { provisioning, _ in
            let customer = provisioning.accounts[0].customer
            provisioning.users = [User(id: "u-1", customer: customer, account: 3, token: "t", secret: "s")]
            provisioning.dids[0] = DID(number: provisioned)
            provisioning.dids[0].user = "u-1"
        }
        let sent = application.deliver(Messages.invite(to: dialled))
        #expect(sent.last?.line == "404 INVITE")
        let told = application.notices.compactMap { notice -> [String]? in
            guard case .numberIsIdle(let user, let called, let caller) = notice else { return nil }
            return [user, String(decoding: called, as: UTF8.self), String(decoding: caller, as: UTF8.self)]
        }
        #expect(told == [["u-1", dialled, "alice"]])
        #expect(application.harness.allRecords.map(\.ending.status) == [404])
    }

    @Test("a caller who gives up leaves IDLE, and 487 has been sent")
    func cancelled() throws {
        var application = try ApplicationHarness()
        let id = try application.invited()
        application.perform(.ring(withEarlyMedia: false, for: .zero), on: id)
        let cancel = Messages.invite(to: "5000", body: "").replacing("INVITE", with: "CANCEL")
        #expect(application.deliver(cancel).map(\.line) == ["200 CANCEL", "487 INVITE"])
        #expect(application.report(of: id)?.state == .idle)
        #expect(application.report(of: id)?.cause == .normal)
    }

    @Test("a switch that stops refuses a caller who waits with 503, before the application calls him off")
    func stopped() throws {
        var application = try ApplicationHarness()
        let id = try application.invited()
        application.perform(.ring(withEarlyMedia: false, for: .zero), on: id)
        #expect(application.give(.command(.disconnect(1, by: .switch))).map(\.line) == ["503 INVITE"])
        #expect(application.perform(.hangUp, on: id).sent.isEmpty)
        #expect(application.report(of: id)?.state == .idle)
        let endings = application.harness.allRecords.map(\.ending)
        #expect(endings.map(\.endedBy) == [.switch])
        #expect(endings.map(\.hangupCause) == [HangupCause.normalTemporaryFailure.rawValue])
    }

    @Test("early media is offered with 183, and the same description answers the call")
    func earlyMedia() throws {
        var application = try ApplicationHarness()
        let id = try application.invited()
        let ringing = try #require(application.perform(.ring(withEarlyMedia: true, for: .zero), on: id).sent.last)
        #expect(ringing.line == "183 INVITE")
        #expect(ringing.text.contains("m=audio 20000"))
        let ok = try #require(application.perform(.answer, on: id).sent.last)
        #expect(ok.text.contains("m=audio 20000"))
        let origins = [ringing, ok].map { $0.text.split(separator: "\r\n").first { $0.hasPrefix("o=") } }
        #expect(origins[0] == origins[1])
    }

    @Test("an INVITE without an offer is answered with ours, and the ACK's answer is agreed on")
    func delayedOffer() throws {
        var application = try ApplicationHarness()
        let id = try application.invited(Messages.invite(to: "5000", body: ""))
        let ok = try #require(application.perform(.answer, on: id).sent.last)
        #expect(ok.text.contains("m=audio 20000 RTP/AVP 0 8 101"))
        application.deliver(Messages.inDialog("ACK", 1, after: ok, body: Messages.sdp))
        #expect(application.descriptions.map(\.agreement) == [AudioAgreement(.pcmu, telephoneEvents: nil)])
    }

    @Test("nothing that we know is answered 488")
    func incompatible() throws {
        var application = try ApplicationHarness()
        let video = Messages.sdp.replacing("RTP/AVP 0", with: "RTP/AVP 96").replacing("0 PCMU", with: "96 speex")
        let id = try application.invited(Messages.invite(to: "5000", body: video))
        let answer = application.perform(.answer, on: id)
        #expect(answer.sent.map(\.line) == ["488 INVITE"])
        application.conclude()
        #expect(application.report(of: id)?.state == .idle)
    }

    @Test("the application hangs up: BYE, and IDLE when it is answered")
    func hungUp() throws {
        var application = try ApplicationHarness()
        let (id, _) = try application.answered()
        let hangUp = application.perform(.hangUp, on: id)
        let bye = try #require(hangUp.sent.last)
        #expect(bye.line == "BYE")
        #expect(application.outcome(of: hangUp.id) == nil)
        application.deliver(Messages.response("200 OK", to: bye))
        application.conclude()
        #expect(application.outcome(of: hangUp.id) == .state(.idle))
        #expect(application.harness.allRecords.map(\.ending.endedBy) == [.application])
    }

    @Test("CONGESTION is told from NOCHANNELS by its Reason, as both are 503")
    func congestion() throws {
        for (cause, reason) in [(ClearingCause.congestion, "Q.850;cause=42"), (.noChannels, nil)] {
            var application = try ApplicationHarness()
            let id = try application.invited()
            let refused = application.perform(.reject(cause, raw: nil), on: id).sent
            #expect(refused.map(\.line) == ["503 INVITE"])
            #expect(refused.first?.value(.reason) == reason)
        }
    }

    @Test(
        "whom the caller dialled at first is told where the call was diverted, and how far its number is vouched for",
        arguments: [
            ("", "", ""),
            ("Diversion: <sip:5001@a>;reason=unconditional, <sip:5002@a>;reason=user-busy\r\n", "5002", ""),
            ("History-Info: <sip:5003@a>;index=1, <sip:5000@a>;index=1.1\r\n", "5003", ""),
            ("Attestation-Info: B\r\n", "", "B"), ("P-Attestation-Indicator: a\r\n", "", "A"),
            ("Attestation-Info: X\r\n", "", ""), ("Diversion: nonsense <\r\n", "", ""),
        ])
    func diverted(fields: String, original: String, attestation: String) throws {
        var application = try ApplicationHarness()
        let text = Messages.invite(to: "5000").replacing("Max-Forwards", with: "\(fields)Max-Forwards")
        let id = try application.invited(text)
        let details = try #require(application.report(of: id)?.details)
        #expect(String(decoding: details.originalDestination, as: UTF8.self) == original)
        #expect(String(decoding: details.attestation, as: UTF8.self) == attestation)
    }

    @Test("the caller's hold is answered and the endpoint told to be silent")
    func heldByCaller() throws {
        var application = try ApplicationHarness()
        let (_, ok) = try application.answered()
        let hold = Messages.sdp.replacing("m=audio", with: "a=sendonly\r\nm=audio")
        let answer = application.deliver(Messages.inDialog("INVITE", 2, after: ok, body: hold))
        let held = try #require(answer.last)
        #expect(held.line == "200 INVITE")
        #expect(held.text.contains("a=recvonly"))
        #expect(application.descriptions.last?.agreement.isSending == false)
    }

    @Test(
        "a digit in INFO is answered 200 and heard by the party's media",
        arguments: [
            ("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", "5"), ("application/dtmf", "#", "#"),
            ("application/dtmf-relay", "Signal= 11\r\nDuration=160\r\n", "#"),
            ("Application/DTMF-Relay; x=y", "Duration=160\r\nsignal=a\r\n", "A"),
        ])
    func digitInformation(type: String, body: String, digit: String) throws {
        var application = try ApplicationHarness()
        let (_, ok) = try application.answered()
        let info = Messages.inDialog("INFO", 2, after: ok, body: body).replacing("application/sdp", with: type)
        #expect(application.deliver(info).map(\.line) == ["200 INFO"])
        let heard = application.media.compactMap { command -> UInt8? in
            if case .party(_, .digit(let digit)) = command { digit } else { nil }
        }
        #expect(heard == Array(digit.utf8))
    }

    @Test("other INFO is answered 200 and told to the application")
    func information() throws {
        var application = try ApplicationHarness()
        let (id, ok) = try application.answered()
        let info = Messages.inDialog("INFO", 2, after: ok, body: "Signal=55\r\n")
            .replacing("application/sdp", with: "application/dtmf-relay")
        #expect(application.deliver(info).map(\.line) == ["200 INFO"])
        let told = application.notices.compactMap { notice -> String? in
            guard case .information(id, let type, let body) = notice else { return nil }
            return String(decoding: type, as: UTF8.self) + " " + String(decoding: body, as: UTF8.self)
        }
        #expect(told == ["application/dtmf-relay Signal=55\r\n"])
    }

    @Test("a caller who falls silent is hung up, a closed channel is forgotten")
    func silent() throws {
        var application = try ApplicationHarness()
        let (id, _) = try application.answered()
        let session = try #require(
            application.media.compactMap { if case .supervise(let id, .caller, true) = $0 { id } else { nil } }.last)
        #expect(application.give(.media(.silent(session, .caller))).map(\.line) == ["BYE"])
        application.give(.channel(.close(id)))
        application.conclude()
        #expect(application.report(of: id)?.state == .idle)
        let late = application.perform(.answer, on: id)
        guard case .refused(let refusal) = application.outcome(of: late.id) else {
            Issue.record("a forgotten channel took a verb")
            return
        }
        #expect(refusal.code == .hangup)
    }

    @Test("whose echo or conference has ended can be played to again")
    func endedAttachments() throws {
        let play = PartyCommand.playTone(MediaJobID(rawValue: 9), .beep, timeout: nil, .application)
        let job = MediaJobID(rawValue: 1)
        let attachments: [(begin: (ChannelID) -> ChannelCommand, end: PartyCommand)] = [
            ({ .media($0, .echo(job)) }, .disconnect),
            ({ .enter($0, job, ConferenceVisit(ConferenceName("hall"))) }, .leave),
        ]
        for (begin, end) in attachments {
            var application = try ApplicationHarness()
            let (id, _) = try application.answered()
            application.give(.channel(begin(id)))
            application.give(.channel(.media(id, play)))
            #expect(application.playedTones == 0)
            #expect(application.refusals == [.alreadyPlaying])
            application.give(.channel(.media(id, end)))
            application.give(.channel(.media(id, play)))
            #expect(application.playedTones == 1)
        }
    }
}
