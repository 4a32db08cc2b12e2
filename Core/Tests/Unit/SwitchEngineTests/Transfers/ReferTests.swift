import CallControl
import SIPMessages
import SwitchEngine
import Testing
import Timeline

/// An answered call of an application whose far end is asked to call somebody else.
struct ReferHarness {
    var application: ApplicationHarness
    let channel: ChannelID
    let ok: Sent
    let transfer: VerbID
    let refer: Sent
    private var notified: Int = 1

    init(to destination: String = "sip:bob@192.0.2.9:5070;user=phone", timeout: Duration? = .seconds(120)) throws {
        application = try ApplicationHarness()
        (channel, ok) = try application.answered()
        let performed = application.perform(.refer(timeout: timeout), on: channel, to: destination)
        transfer = performed.id
        refer = try #require(performed.sent.last)
        #expect(refer.line == "REFER")
        #expect(application.report(of: channel)?.state == .transferring)
    }

    @discardableResult
    mutating func answer(_ line: String) -> [Sent] { application.deliver(Messages.response(line, to: refer)) }

    /// The far end tells how its call goes.
    @discardableResult
    mutating func notify(_ line: String, state: String = "active;expires=60", event: String = "refer") -> [Sent] {
        notified += 1
        let text = Messages.inDialog("NOTIFY", notified, after: ok, body: "\(line)\r\n")
            .replacing("application/sdp", with: "message/sipfrag;version=2.0")
            .replacing("Max-Forwards", with: "Event: \(event)\r\nSubscription-State: \(state)\r\nMax-Forwards")
        return application.deliver(text)
    }

    var state: ChannelState? { application.report(of: channel)?.state }
    var cause: TransferCause? { application.report(of: channel)?.transferCause }
}

@Suite("A blind transfer of an application's call")
struct ReferTests {
    @Test(
        "sends REFER with Refer-To and Referred-By, follows the notifications, and hangs up when the target has answered"
    )
    func success() throws {
        var harness = try ReferHarness()
        #expect(harness.refer.value(.referTo) == "<sip:bob@192.0.2.9:5070;user=phone>")
        #expect(harness.refer.value(.referredBy)?.contains("5000") == true)
        #expect(harness.answer("202 Accepted").isEmpty)
        #expect(harness.notify("SIP/2.0 100 Trying").map(\.line) == ["200 NOTIFY"])
        #expect(harness.state == .transferring)
        #expect(harness.notify("SIP/2.0 180 Ringing").map(\.line) == ["200 NOTIFY"])
        let done = harness.notify("SIP/2.0 200 OK", state: "terminated;reason=noresource")
        #expect(done.map(\.line) == ["200 NOTIFY", "BYE"])
        harness.application.deliver(Messages.response("200 OK", to: try #require(done.last)))
        harness.application.conclude()
        #expect(harness.state == .idle)
        #expect(harness.cause == .normal)
        #expect(harness.application.outcome(of: harness.transfer) == .state(.idle))
        #expect(harness.application.report(of: harness.channel)?.cause == .normal)
        let isQuiet = harness.application.harness.core.isQuiet
        #expect(isQuiet)
    }

    @Test("a number is one of ours to the far end; text that is no destination sends nothing")
    func numbers() throws {
        #expect(try ReferHarness(to: "44-20").refer.value(.referTo) == "<sip:4420@127.0.0.1:5060>")
        #expect(try ReferHarness(to: "tel:+4420").refer.value(.referTo) == "<tel:+4420>")
        #expect(try ReferHarness(to: "bob@example.com").refer.value(.referTo) == "<sip:bob@example.com>")
        for bad in ["", "sip:", "http://x", "sip:x@y\r\nX-Evil: 1", "sip:x>y@z", "a b"] {
            var application = try ApplicationHarness()
            let (id, _) = try application.answered()
            let performed = application.perform(.refer(timeout: nil), on: id, to: bad)
            #expect(performed.sent.isEmpty, "\(bad)")
            #expect(application.outcome(of: performed.id) == .state(.answered))
            #expect(application.report(of: id)?.transferCause == .fail)
        }
    }

    @Test(
        "a target that does not answer leaves the channel ANSWERED and says why",
        arguments: [
            ("486 Busy Here", TransferCause.targetReject), ("603 Decline", .targetReject),
            ("404 Not Found", .targetReject),
            ("480 No", .targetReject), ("503 No", .fail), ("500 No", .fail), ("302 Moved", .fail), ("487 No", .fail),
        ])
    func targetFails(line: String, cause: TransferCause) throws {
        var harness = try ReferHarness()
        harness.answer("202 Accepted")
        harness.notify("SIP/2.0 100 Trying")
        let answered = harness.notify("SIP/2.0 \(line)", state: "terminated;reason=noresource")
        #expect(answered.map(\.line) == ["200 NOTIFY"])
        #expect(harness.state == .answered)
        #expect(harness.cause == cause)
        #expect(harness.application.outcome(of: harness.transfer) == .state(.answered))
        #expect(harness.application.perform(.hangUp, on: harness.channel).sent.map(\.line) == ["BYE"])
    }

    @Test(
        "a far end that refuses the REFER leaves the channel ANSWERED with FAIL",
        arguments: ["405 No", "501 No", "603 No"])
    func refused(line: String) throws {
        var harness = try ReferHarness()
        harness.answer(line)
        #expect(harness.state == .answered)
        #expect(harness.cause == .fail)
    }

    @Test("a NOTIFY that overtakes the 202 counts, and the 202 changes nothing any more")
    func early() throws {
        var harness = try ReferHarness()
        #expect(harness.notify("SIP/2.0 100 Trying").map(\.line) == ["200 NOTIFY"])
        #expect(harness.notify("SIP/2.0 200 OK", state: "terminated").map(\.line) == ["200 NOTIFY", "BYE"])
        #expect(harness.answer("202 Accepted").isEmpty)
        harness.application.advance(.seconds(33))
        harness.application.conclude()
        #expect(harness.cause == .normal)
    }

    @Test("no NOTIFY at all is a time-out, and the far end is back")
    func silence() throws {
        var harness = try ReferHarness()
        harness.answer("202 Accepted")
        harness.application.advance(.milliseconds(119_900))
        #expect(harness.state == .transferring)
        harness.application.advance(.milliseconds(100))
        #expect(harness.state == .answered)
        #expect(harness.cause == .timeout)
        #expect(harness.notify("SIP/2.0 200 OK", state: "terminated").map(\.line) == ["200 NOTIFY"])
        #expect(harness.state == .answered)
    }

    @Test("no answer to the REFER is a failure after its transaction's time")
    func unanswered() throws {
        var harness = try ReferHarness()
        harness.application.advance(.seconds(33))
        #expect(harness.state == .answered)
        #expect(harness.cause == .fail)
    }

    @Test("a subscription that ends without an outcome fails, by its time with TIMEOUT")
    func forgotten() throws {
        for (reason, cause) in [("noresource", TransferCause.fail), ("timeout", .timeout), ("giveup", .fail)] {
            var harness = try ReferHarness()
            harness.answer("202 Accepted")
            harness.notify("SIP/2.0 100 Trying", state: "terminated;reason=\(reason)")
            #expect(harness.state == .answered)
            #expect(harness.cause == cause)
        }
    }

    @Test("a far end that hangs up before its target has answered is HANGUP")
    func hangUp() throws {
        var harness = try ReferHarness()
        harness.answer("202 Accepted")
        harness.application.deliver(Messages.inDialog("BYE", 9, after: harness.ok))
        harness.application.conclude()
        #expect(harness.state == .idle)
        #expect(harness.cause == .hangup)
    }

    @Test("a far end that wants no subscription has agreed, and that is all there is to know")
    func unsubscribed() throws {
        var harness = try ReferHarness()
        let answer = Messages.response("202 Accepted", to: harness.refer).replacing(
            "CSeq", with: "Refer-Sub: false\r\nCSeq")
        let bye = try #require(harness.application.deliver(answer).last)
        #expect(bye.line == "BYE")
        harness.application.deliver(Messages.response("200 OK", to: bye))
        harness.application.conclude()
        #expect(harness.cause == .normal)
    }

    @Test("notifications about something else, or of another REFER, are refused and change nothing")
    func foreign() throws {
        var harness = try ReferHarness()
        harness.answer("202 Accepted")
        #expect(harness.notify("SIP/2.0 200 OK", event: "dialog").map(\.line) == ["489 NOTIFY"])
        #expect(harness.notify("SIP/2.0 200 OK", event: "refer;id=99").map(\.line) == ["481 NOTIFY"])
        #expect(harness.state == .transferring)
        #expect(harness.notify("SIP/2.0 486 Busy", event: "refer;id=1").map(\.line) == ["200 NOTIFY"])
        #expect(harness.state == .answered)
    }

    @Test("an attended transfer names the other channel's call as its target sees it, and hangs both up")
    func attended() throws {
        var application = try ApplicationHarness()
        let (caller, ok) = try application.answered()
        let (other, ack) = try application.consulted()
        let peer = ChannelPeer(id: other, state: .answered, isAudioTaken: false)
        let performed = application.perform(.referReplacing(peer, timeout: .seconds(60)), on: caller)
        let refer = try #require(performed.sent.last)
        let tag = ack.value(.to)?.split(separator: "tag=").last ?? ""
        let own = ack.value(.from)?.split(separator: "tag=").last ?? ""
        let callID = ack.value(.callID) ?? ""
        #expect(
            refer.value(.referTo) == "<sip:127.0.0.3:5080?Replaces=\(callID)%3Bto-tag%3D\(tag)%3Bfrom-tag%3D\(own)>")
        application.deliver(Messages.response("202 Accepted", to: refer))
        application.deliver(Messages.fromCallee("BYE", 1, ack), from: SwitchHarness.vendor)
        #expect(application.report(of: caller)?.state == .transferring)
        var harness = try #require(ReferHarness(application, caller, ok, performed.id, refer))
        let done = harness.notify("SIP/2.0 200 OK", state: "terminated")
        #expect(done.map(\.line) == ["200 NOTIFY", "BYE"])
        harness.application.deliver(Messages.response("200 OK", to: try #require(done.last)))
        harness.application.conclude()
        #expect(harness.cause == .normal)
        let isQuiet = harness.application.harness.core.isQuiet
        #expect(isQuiet)
    }

    @Test("a target that hung up before it could be taken over is TARGETHANGUP")
    func targetGone() throws {
        var application = try ApplicationHarness()
        let (caller, ok) = try application.answered()
        let (other, ack) = try application.consulted()
        let peer = ChannelPeer(id: other, state: .answered, isAudioTaken: false)
        let performed = application.perform(.referReplacing(peer, timeout: .seconds(60)), on: caller)
        let refer = try #require(performed.sent.last)
        application.deliver(Messages.response("202 Accepted", to: refer))
        application.deliver(Messages.fromCallee("BYE", 1, ack), from: SwitchHarness.vendor)
        application.conclude(advancing: false)
        var harness = try #require(ReferHarness(application, caller, ok, performed.id, refer))
        harness.notify("SIP/2.0 481 No", state: "terminated")
        #expect(harness.state == .answered)
        #expect(harness.cause == .targetHangup)
    }

    @Test("a call that only rings is given up, and the far end calls its destination anew")
    func ringing() throws {
        var application = try ApplicationHarness()
        let (caller, _) = try application.answered()
        let call = application.perform(.startCall, on: ApplicationHarness.outbound, to: "4420")
        let invite = try #require(call.sent.last)
        application.deliver(Messages.response("180 Ringing", to: invite), from: SwitchHarness.vendor)
        let peer = ChannelPeer(id: ApplicationHarness.outbound, state: .ringOutgoing, isAudioTaken: false)
        let sent = application.perform(.referReplacing(peer, timeout: nil), on: caller).sent
        #expect(Set(sent.map(\.line)) == ["CANCEL", "REFER"])
        #expect(sent.first { $0.line == "REFER" }?.value(.referTo) == "<sip:4420@127.0.0.1:5060>")
    }
}

extension ReferHarness {
    init?(_ application: ApplicationHarness, _ channel: ChannelID, _ ok: Sent, _ verb: VerbID, _ refer: Sent) {
        self.application = application
        self.channel = channel
        self.ok = ok
        self.refer = refer
        transfer = verb
    }
}

extension ApplicationHarness {
    /// The outbound channel has called 4420, which has answered; gives the channel and our ACK.
    mutating func consulted() throws -> (ChannelID, Sent) {
        let call = perform(.startCall, on: Self.outbound, to: "4420")
        let invite = try #require(call.sent.last)
        let ack = try #require(
            deliver(Messages.response("200 OK", to: invite, sdp: true), from: SwitchHarness.vendor).last)
        #expect(ack.line == "ACK")
        return (Self.outbound, ack)
    }
}
