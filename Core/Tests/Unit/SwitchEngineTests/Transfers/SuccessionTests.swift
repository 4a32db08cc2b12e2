import Addresses
import CallControl
import MediaSessions
import Routing
import SIPMessages
import SwitchEngine
import Testing
import Timeline

extension Messages {
    /// The caller asks by REFER to be put through.
    static func refer(_ number: Int = 2, to target: String, after ok: Sent, extra: String = "") -> String {
        inDialog("REFER", number, after: ok).replacing(
            "Max-Forwards", with: "Refer-To: \(target)\r\n\(extra)Max-Forwards")
    }

    /// An INVITE that wants to replace the dialog that `ok` confirmed.
    static func replacing(
        _ ok: Sent, from source: String = "127.0.0.2:5070", parameters: String = "", body: String = sdp
    ) -> String {
        let to = ok.value(.to)?.split(separator: "tag=").last ?? ""
        let from = ok.value(.from)?.split(separator: "tag=").last ?? ""
        let value = "\(ok.value(.callID) ?? "");to-tag=\(to);from-tag=\(from)\(parameters)"
        return invite(to: "5000", body: body).replacing("Call-ID: ", with: "Call-ID: new-")
            .replacing("branch=", with: "branch=z9hG4bKnew").replacing("127.0.0.2:5070;", with: "\(source);")
            .replacing("Max-Forwards", with: "Require: replaces\r\nReplaces: \(value)\r\nMax-Forwards")
    }
}

@Suite("A party that is replaced by another one")
struct SuccessionTests {
    private static let vendor = SwitchHarness.vendor

    @Test("a REFER that the application accepts: the target is called, is the far end, and the old one hears 200")
    func accepted() throws {
        var application = try ApplicationHarness()
        let (id, ok) = try application.answered()
        #expect(application.deliver(Messages.refer(to: "<sip:4420@127.0.0.1>", after: ok)).isEmpty)
        let asked = application.notices.compactMap { notice -> TransferRequest? in
            if case .transferRequested(id, let request, isConnected: false) = notice { request } else { nil }
        }
        #expect(asked.map { String(decoding: $0.target.uri, as: UTF8.self) } == ["sip:4420@127.0.0.1"])
        let accept = application.perform(.answerTransfer(isAccepted: true), on: id)
        #expect(accept.sent.map(\.line) == ["202 REFER", "NOTIFY", "INVITE"])
        let notify = accept.sent[1]
        #expect(notify.value(.event) == "refer")
        #expect(notify.value(.subscriptionState)?.hasPrefix("active") == true)
        #expect(notify.text.hasSuffix("\r\n\r\nSIP/2.0 100 Trying\r\n"))
        let invite = accept.sent[2]
        #expect(invite.flow.remote == Self.vendor)
        #expect(invite.text.contains("m=audio 20000"))
        application.deliver(Messages.response("200 OK", to: notify))
        let rung = application.deliver(Messages.response("180 Ringing", to: invite), from: Self.vendor)
        #expect(rung.map(\.line) == ["NOTIFY"])
        #expect(rung.last?.text.hasSuffix("SIP/2.0 180 Ringing\r\n") == true)
        application.deliver(Messages.response("200 OK", to: rung[0]))
        let taken = application.deliver(Messages.response("200 OK", to: invite, sdp: true), from: Self.vendor)
        #expect(taken.map(\.line) == ["ACK", "NOTIFY"])
        #expect(taken[1].value(.subscriptionState) == "terminated;reason=noresource")
        #expect(taken[1].text.hasSuffix("SIP/2.0 200 OK\r\n"))
        #expect(application.outcome(of: accept.id) == .done(true))
        #expect(application.report(of: id)?.state == .answered)
        #expect(application.descriptions.last?.target.rtp.map { "\($0)" } == "127.0.0.3:6000")
        application.deliver(Messages.response("200 OK", to: taken[1]))
        #expect(application.deliver(Messages.inDialog("BYE", 3, after: ok)).map(\.line) == ["200 BYE"])
        #expect(application.report(of: id)?.state == .answered)
        let bye = try #require(application.perform(.hangUp, on: id).sent.last)
        #expect(bye.flow.remote == Self.vendor)
        application.deliver(Messages.response("200 OK", to: bye), from: Self.vendor)
        application.conclude()
        #expect(application.report(of: id)?.state == .idle)
        #expect(application.harness.allRecords.count == 1)
        let isQuiet = application.harness.core.isQuiet
        #expect(isQuiet)
    }

    @Test("the target of a REFER from hold is offered sendonly, and so is answered whoever renegotiates on hold")
    func acceptedOnHold() throws {
        var application = try ApplicationHarness()
        let (id, ok) = try application.answered()
        let hold = try #require(application.perform(.hold, on: id).sent.last)
        #expect(hold.text.contains("a=sendonly"))
        application.deliver(Messages.response("200 OK", to: hold, sdp: true))
        #expect(application.report(of: id)?.state == .onHold)
        let again = application.deliver(Messages.inDialog("INVITE", 2, after: ok, body: Messages.sdp))
        #expect(again.last?.line == "200 INVITE")
        #expect(again.last?.text.contains("a=sendonly") == true)
        application.deliver(Messages.inDialog("ACK", 2, after: ok))
        application.deliver(Messages.refer(3, to: "<sip:4420@127.0.0.1>", after: ok))
        let invite = try #require(application.perform(.answerTransfer(isAccepted: true), on: id).sent.last)
        #expect(invite.line == "INVITE")
        #expect(invite.text.contains("a=sendonly"))
    }

    @Test("an old far end that does not hang up is hung up after two seconds")
    func retired() throws {
        var application = try ApplicationHarness()
        let (id, ok) = try application.answered()
        application.deliver(Messages.refer(to: "<sip:4420@127.0.0.1>", after: ok))
        let invite = try #require(application.perform(.answerTransfer(isAccepted: true), on: id).sent.last)
        application.deliver(Messages.response("200 OK", to: invite, sdp: true), from: Self.vendor)
        #expect(application.advance(.milliseconds(1_900)).allSatisfy { $0.line == "NOTIFY" })
        let later = application.advance(.milliseconds(100))
        #expect(later.filter { $0.line == "BYE" }.map(\.flow.remote) == [SwitchHarness.caller])
        #expect(application.report(of: id)?.state == .answered)
    }

    @Test("a far end that hangs up while its target rings leaves the call to the target")
    func impatient() throws {
        var application = try ApplicationHarness()
        let (id, ok) = try application.answered()
        application.deliver(Messages.refer(to: "<sip:4420@127.0.0.1>", after: ok))
        let invite = try #require(application.perform(.answerTransfer(isAccepted: true), on: id).sent.last)
        #expect(application.deliver(Messages.inDialog("BYE", 3, after: ok)).map(\.line) == ["200 BYE"])
        #expect(application.report(of: id)?.state == .answered)
        #expect(
            application.deliver(Messages.response("200 OK", to: invite, sdp: true), from: Self.vendor).map(\.line)
                == ["ACK"])
        #expect(application.report(of: id)?.state == .answered)
        #expect(application.harness.allRecords.isEmpty)
    }

    @Test("a far end that hangs up for a target that nobody reaches ends the call")
    func impatientInVain() throws {
        var application = try ApplicationHarness()
        let (id, ok) = try application.answered()
        application.deliver(Messages.refer(to: "<sip:4420@127.0.0.1>", after: ok))
        let accept = application.perform(.answerTransfer(isAccepted: true), on: id)
        application.deliver(Messages.inDialog("BYE", 3, after: ok))
        application.deliver(Messages.response("486 Busy", to: try #require(accept.sent.last)), from: Self.vendor)
        application.conclude()
        #expect(application.outcome(of: accept.id) == .done(false))
        #expect(application.report(of: id)?.state == .idle)
    }

    @Test("a target that is busy: the far end hears 486 and is still there")
    func busy() throws {
        var application = try ApplicationHarness()
        let (id, ok) = try application.answered()
        application.deliver(Messages.refer(to: "sip:4420@127.0.0.1", after: ok))
        let accept = application.perform(.answerTransfer(isAccepted: true), on: id)
        application.deliver(Messages.response("200 OK", to: accept.sent[1]))
        let failed = application.deliver(
            Messages.response("486 Busy Here", to: try #require(accept.sent.last)), from: Self.vendor)
        #expect(failed.map(\.line) == ["ACK", "NOTIFY"])
        #expect(failed.last?.text.hasSuffix("SIP/2.0 486 Busy Here\r\n") == true)
        #expect(application.outcome(of: accept.id) == .done(false))
        #expect(application.report(of: id)?.state == .answered)
        application.deliver(Messages.response("200 OK", to: failed[1]))
        application.deliver(Messages.refer(4, to: "sip:4421@127.0.0.1", after: ok))
        let again = application.perform(.answerTransfer(isAccepted: true), on: id).sent
        #expect(again.map(\.line) == ["202 REFER", "NOTIFY", "INVITE"])
        #expect(again[1].value(.event) == "refer;id=4")
    }

    @Test("a REFER is refused by the application, by nobody's answer in ten seconds, and where nothing can be dialled")
    func refused() throws {
        var application = try ApplicationHarness()
        let (id, ok) = try application.answered()
        application.deliver(Messages.refer(to: "<sip:4420@127.0.0.1>", after: ok))
        let refuse = application.perform(.answerTransfer(isAccepted: false), on: id)
        #expect(refuse.sent.map(\.line) == ["603 REFER"])
        #expect(application.outcome(of: refuse.id) == .done(true))
        application.deliver(Messages.refer(3, to: "<sip:4420@127.0.0.1>", after: ok))
        #expect(application.advance(.milliseconds(9_990)).isEmpty)
        #expect(application.advance(.milliseconds(10)).map(\.line) == ["603 REFER"])
        let late = application.perform(.answerTransfer(isAccepted: true), on: id)
        guard case .refused(let refusal) = application.outcome(of: late.id) else { Issue.record("not refused"); return }
        #expect(refusal.reason == .noTransferRequested)
        for (number, target) in [(4, "<mailto:x@y>"), (5, "<sip:@host;method=BYE>")] {
            let line = application.deliver(Messages.refer(number, to: target, after: ok)).map(\.line)
            #expect(line == [number == 4 ? "416 REFER" : "501 REFER"] || line == ["400 REFER"])
        }
        #expect(application.deliver(Messages.inDialog("REFER", 6, after: ok)).map(\.line) == ["400 REFER"])
        #expect(application.report(of: id)?.state == .answered)
    }

    @Test("a second REFER before the first is answered is 491, and one with Refer-Sub false hears nothing more")
    func pending() throws {
        var application = try ApplicationHarness()
        let (id, ok) = try application.answered()
        application.deliver(Messages.refer(to: "<sip:4420@127.0.0.1>", after: ok, extra: "Refer-Sub: false\r\n"))
        #expect(application.deliver(Messages.refer(3, to: "<sip:1@x>", after: ok)).map(\.line) == ["491 REFER"])
        let sent = application.perform(.answerTransfer(isAccepted: true), on: id).sent
        #expect(sent.map(\.line) == ["202 REFER", "INVITE"])
        #expect(sent[0].value(.referSub) == "false")
        let taken = application.deliver(Messages.response("200 OK", to: sent[1], sdp: true), from: Self.vendor)
        #expect(taken.map(\.line) == ["ACK"])
    }

    @Test("the caller who hangs up while his REFER waits for the application ends the call")
    func hangUpWhileAsked() throws {
        var application = try ApplicationHarness()
        let (id, ok) = try application.answered()
        application.deliver(Messages.refer(to: "<sip:4420@127.0.0.1>", after: ok))
        let lines = application.deliver(Messages.inDialog("BYE", 3, after: ok)).map(\.line)
        #expect(Set(lines) == ["200 BYE", "487 REFER"])
        application.conclude()
        #expect(application.report(of: id)?.state == .idle)
        let isQuiet = application.harness.core.isQuiet
        #expect(isQuiet)
    }

    @Test("a REFER of a far end that is connected to another channel is told as such")
    func connected() throws {
        var application = try ApplicationHarness()
        let (id, ok) = try application.answered()
        let (other, _) = try application.consulted()
        let peer = ChannelPeer(id: id, state: .answered, isAudioTaken: false)
        application.perform(.connect(peer), on: other)
        application.deliver(Messages.refer(to: "<sip:4421@127.0.0.1>", after: ok))
        let isConnected = application.notices.compactMap { notice -> Bool? in
            if case .transferRequested(id, _, let isConnected) = notice { isConnected } else { nil }
        }
        #expect(isConnected == [true])
    }

    // MARK: Replaces

    @Test("an INVITE with Replaces of the same account takes the place of the caller, who is hung up")
    func replaced() throws {
        var application = try ApplicationHarness()
        let (id, ok) = try application.answered()
        let sent = application.deliver(Messages.replacing(ok))
        #expect(sent.map(\.line) == ["100 INVITE", "200 INVITE", "BYE"])
        #expect(sent[1].text.contains("m=audio 20000"))
        #expect(sent[2].value(.callID) == ok.value(.callID))
        application.deliver(Messages.inDialog("ACK", 1, after: sent[1]))
        application.deliver(Messages.response("200 OK", to: sent[2]))
        #expect(application.report(of: id)?.state == .answered)
        #expect(application.deliver(Messages.inDialog("BYE", 2, after: sent[1])).map(\.line) == ["200 BYE"])
        application.conclude()
        #expect(application.report(of: id)?.state == .idle)
        #expect(application.harness.allRecords.count == 1)
        let isQuiet = application.harness.core.isQuiet
        #expect(isQuiet)
    }

    @Test("Replaces that matches nothing, an ended dialog, one that is answered but wanted early, or twice")
    func unmatched() throws {
        var application = try ApplicationHarness()
        let (_, ok) = try application.answered()
        let wrong = Messages.replacing(ok).replacing("from-tag=", with: "from-tag=x")
        #expect(application.deliver(wrong).map(\.line) == ["481 INVITE"])
        let foreign = Messages.replacing(ok).replacing("to-tag=", with: "to-tag=x").replacing("new-", with: "a-")
        #expect(application.deliver(foreign).map(\.line) == ["481 INVITE"])
        let early = Messages.replacing(ok, parameters: ";early-only").replacing("new-", with: "b-")
        #expect(application.deliver(early).map(\.line) == ["486 INVITE"])
        let broken = Messages.replacing(ok).replacing("to-tag=", with: "tag=").replacing("new-", with: "c-")
        #expect(application.deliver(broken).map(\.line) == ["400 INVITE"])
        application.deliver(Messages.inDialog("BYE", 2, after: ok))
        let late = Messages.replacing(ok).replacing("new-", with: "d-")
        #expect(application.deliver(late).map(\.line) == ["603 INVITE"])
    }

    @Test("Replaces of another account is 403, and the call goes on")
    func otherAccount() throws {
        var application = try ApplicationHarness { provisioning, _ in
            var other = provisioning.accounts[0]
            other.id = 4
            other.authname = "bob"
            provisioning.accounts.append(other)
            provisioning.authenticationRules.append(
                AuthenticationRule(id: 2, account: 4, remoteIP: "127.0.0.9/32"))
        }
        let (id, ok) = try application.answered()
        let sent = application.deliver(
            Messages.replacing(ok, from: "127.0.0.9:5070"), from: Endpoint(IPAddress(v4: 0x7F00_0009), 5070))
        #expect(sent.map(\.line) == ["403 INVITE"])
        #expect(application.report(of: id)?.state == .answered)
    }
}
