import Addresses
import CallControl
import MediaSessions
import Routing
import SIPMessages
import SwitchEngine
import Testing
import Timeline

extension Messages {
    /// An INVITE that wants to answer in place of whom `invite` makes ring, whose tag is `tag`.
    static func pickingUp(
        _ invite: Sent, tag: String = "callee", parameters: String = "", body: String = sdp
    ) -> String {
        let own = invite.value(.from)?.split(separator: "tag=").last ?? ""
        let value = "\(invite.value(.callID) ?? "");to-tag=\(own);from-tag=\(tag)\(parameters)"
        return self.invite(to: "4420", callID: "pick", extra: "Replaces: \(value)\r\n", body: body)
    }
}

/// A caller whose call makes the vendor ring.
private struct Ringing {
    var harness: SwitchHarness
    /// The INVITE that the vendor got.
    let invite: Sent

    init(offering body: String = Messages.sdp) throws {
        harness = try SwitchHarness { _, configuration in configuration.mediaMode = .relay }
        harness.deliver(Messages.invite(body: body), from: SwitchHarness.caller)
        let session = try #require(harness.openedSession)
        let opened = SwitchInput.media(.opened(session, callerPorts: [20_000], calleePorts: [20_002]))
        invite = try #require(harness.give(opened).last)
        let rung = harness.deliver(Messages.response("180 Ringing", to: invite), from: SwitchHarness.vendor)
        #expect(rung.map(\.line) == ["180 INVITE"])
    }

    @discardableResult
    mutating func fromCaller(_ text: String) -> [Sent] { harness.deliver(text, from: SwitchHarness.caller) }

    @discardableResult
    mutating func fromVendor(_ text: String) -> [Sent] { harness.deliver(text, from: SwitchHarness.vendor) }

    /// The vendor's attempt ends as one that was cancelled.
    mutating func vendorGivesUp(_ cancel: Sent) {
        fromVendor(Messages.response("200 OK", to: cancel))
        fromVendor(Messages.response("487 Request Terminated", to: invite))
    }

    /// Everything has been written down and nothing is left.
    mutating func conclude() {
        harness.advance(.seconds(40))
        harness.give(.recorded(harness.allRecords.map(\.id)))
        harness.advance(.seconds(70))
        let isQuiet = harness.core.isQuiet
        #expect(isQuiet)
        #expect(harness.allRecords.count == 1)
        #expect(harness.core.heldTicketCount == 0)
    }
}

@Suite("A call that rings and is answered by somebody else")
struct PickUpTests {
    @Test(
        "an INVITE with Replaces of the ringing leg, early-only or not, is connected with the caller, the other one cancelled",
        arguments: ["", ";early-only"])
    func bridged(parameters: String) throws {
        var call = try Ringing()
        let body = Messages.sdp.replacing("6000", with: "7000")
            .replacing("AVP 0", with: "AVP 8 0").replacing("a=rtpmap:0", with: "a=rtpmap:8 PCMA/8000\r\na=rtpmap:0")
        let sent = call.fromCaller(Messages.pickingUp(call.invite, parameters: parameters, body: body))
        #expect(Set(sent.map(\.line)) == ["100 INVITE", "200 INVITE", "CANCEL"])
        let cancel = try #require(sent.first { $0.line == "CANCEL" })
        #expect(cancel.flow.remote == SwitchHarness.vendor)
        #expect(cancel.value(.reason)?.hasPrefix("SIP;cause=200") == true)
        let answers = sent.filter { $0.line == "200 INVITE" }
        let picked = try #require(answers.first { $0.value(.callID) == "pick" })
        let ok = try #require(answers.first { $0.value(.callID) == "a1" })
        #expect(picked.text.contains("m=audio 20002 RTP/AVP 0\r\n"))
        #expect(ok.text.contains("m=audio 20000 RTP/AVP 0\r\n"))
        #expect(call.harness.core.listing(at: call.harness.now).map(\.state) == [.connected])
        call.vendorGivesUp(cancel)
        call.fromCaller(Messages.inDialog("ACK", 1, after: ok))
        call.fromCaller(Messages.inDialog("ACK", 1, after: picked).replacing("ACK1", with: "ACKp"))
        let over = call.fromCaller(Messages.inDialog("BYE", 2, after: ok))
        #expect(over.map(\.line) == ["200 BYE", "BYE"])
        #expect(over[1].value(.callID) == "pick")
        call.fromCaller(Messages.response("200 OK", to: over[1]))
        call.conclude()
    }

    @Test("without an offer he is sent the caller's, and the caller is answered when his ACK says what he takes")
    func withoutOffer() throws {
        var call = try Ringing()
        let sent = call.fromCaller(Messages.pickingUp(call.invite, body: ""))
        #expect(sent.map(\.line).sorted() == ["100 INVITE", "200 INVITE", "CANCEL"])
        let picked = try #require(sent.first { $0.line == "200 INVITE" })
        #expect(picked.value(.callID) == "pick")
        #expect(picked.text.contains("m=audio 20002"))
        call.vendorGivesUp(try #require(sent.first { $0.line == "CANCEL" }))
        let ok = call.fromCaller(Messages.inDialog("ACK", 1, after: picked, body: Messages.sdp))
        #expect(ok.map(\.line) == ["200 INVITE"])
        #expect(ok.first?.value(.callID) == "a1")
        #expect(ok.first?.text.contains("m=audio 20000") == true)
        #expect(call.harness.core.listing(at: call.harness.now).map(\.state) == [.connected])
    }

    @Test("an ACK without an answer ends the call for both")
    func withoutAnswer() throws {
        var call = try Ringing()
        let sent = call.fromCaller(Messages.pickingUp(call.invite, body: ""))
        let picked = try #require(sent.first { $0.line == "200 INVITE" })
        call.vendorGivesUp(try #require(sent.first { $0.line == "CANCEL" }))
        let over = call.fromCaller(Messages.inDialog("ACK", 1, after: picked))
        #expect(over.map(\.line).sorted() == ["488 INVITE", "BYE"])
        call.fromCaller(Messages.response("200 OK", to: try #require(over.first { $0.line == "BYE" })))
        call.fromCaller(Messages.acknowledgement(of: Messages.invite()))
        call.conclude()
    }

    @Test(
        "one who leaves before he has said what he takes has answered nothing: the caller hears 480, as the record says",
        arguments: ["", "Reason: SIP;cause=200\r\n", "Reason: Q.850;cause=21\r\n"])
    func leavesUnheard(reason: String) throws {
        var call = try Ringing()
        let sent = call.fromCaller(Messages.pickingUp(call.invite, body: ""))
        let picked = try #require(sent.first { $0.line == "200 INVITE" })
        call.vendorGivesUp(try #require(sent.first { $0.line == "CANCEL" }))
        let bye = Messages.inDialog("BYE", 2, after: picked).replacing(
            "Content-Length", with: reason + "Content-Length")
        #expect(call.fromCaller(bye).map(\.line).sorted() == ["200 BYE", "480 INVITE"])
        call.fromCaller(Messages.acknowledgement(of: Messages.invite()))
        call.conclude()
        let record = try #require(call.harness.allRecords.first)
        #expect(record.times.answer == nil && record.duration == .zero)
        #expect(record.ending.endedBy == .callee && record.ending.status == 480)
        let isRejected = reason.contains("cause=21")
        let cause: HangupCause = isRejected ? .callRejected : .noAnswer
        #expect(record.ending.hangupCause == cause.rawValue)
        #expect(record.ending.clearingCause == (isRejected ? ClearingCause.rejected : .noAnswer).rawValue)
    }

    @Test("one who never acknowledges has answered nothing either")
    func neverAcknowledges() throws {
        var call = try Ringing()
        let sent = call.fromCaller(Messages.pickingUp(call.invite, body: ""))
        call.vendorGivesUp(try #require(sent.first { $0.line == "CANCEL" }))
        let over = call.harness.advance(.seconds(33))
        #expect(over.contains { $0.line == "480 INVITE" && $0.value(.callID) == "a1" })
        call.fromCaller(Messages.acknowledgement(of: Messages.invite()))
        call.conclude()
        let record = try #require(call.harness.allRecords.first)
        #expect(record.ending.endedBy == .switch && record.ending.status == 480)
        #expect(record.ending.hangupCause == HangupCause.noAnswer.rawValue)
    }

    @Test("one whom the caller cannot understand is refused with 488, and it rings on")
    func incompatible() throws {
        var call = try Ringing()
        let other = Messages.sdp.replacing("AVP 0", with: "AVP 9").replacing("0 PCMU", with: "9 G722")
        let sent = call.fromCaller(Messages.pickingUp(call.invite, body: other))
        #expect(sent.map(\.line) == ["100 INVITE", "488 INVITE"])
        let answered = call.fromVendor(Messages.response("200 OK", to: call.invite, sdp: true))
        #expect(answered.map(\.line) == ["ACK", "200 INVITE"])
        #expect(answered[1].value(.callID) == "a1")
    }

    @Test("a dialog that its peer opened, another fork, or a call that waits for an offer cannot be picked up")
    func refused() throws {
        var call = try Ringing()
        #expect(call.fromCaller(Messages.pickingUp(call.invite, tag: "other")).map(\.line) == ["481 INVITE"])
        let rung = call.fromVendor(Messages.response("183 Progress", to: call.invite))
        let tag = rung.first?.value(.to)?.split(separator: "tag=").last ?? ""
        let value = "a1;to-tag=\(tag);from-tag=fta1"
        let own = Messages.invite(callID: "own", extra: "Replaces: \(value)\r\n")
        #expect(call.fromCaller(own).map(\.line) == ["481 INVITE"])
        var offerless = try Ringing(offering: "")
        let sent = offerless.fromCaller(Messages.pickingUp(offerless.invite))
        #expect(sent.map(\.line) == ["100 INVITE", "488 INVITE"])
    }

    @Test("the ringing call of an application is answered by who picks it up")
    func application() throws {
        var application = try ApplicationHarness()
        let channel = ApplicationHarness.outbound
        let call = application.perform(.call(timeout: nil), on: channel, to: "4420")
        let invite = try #require(call.sent.last)
        application.deliver(Messages.response("180 Ringing", to: invite), from: SwitchHarness.vendor)
        #expect(application.report(of: channel)?.state == .ringOutgoing)
        let sent = application.deliver(Messages.pickingUp(invite))
        #expect(sent.map(\.line).sorted() == ["100 INVITE", "200 INVITE", "CANCEL"])
        let picked = try #require(sent.first { $0.line == "200 INVITE" })
        #expect(picked.text.contains("m=audio 20000"))
        #expect(application.outcome(of: call.id) == .state(.answered))
        #expect(application.descriptions.last?.target.rtp.map { "\($0)" } == "127.0.0.2:6000")
        application.deliver(Messages.inDialog("ACK", 1, after: picked))
        let cancel = try #require(sent.first { $0.line == "CANCEL" })
        application.deliver(Messages.response("200 OK", to: cancel), from: SwitchHarness.vendor)
        application.deliver(Messages.response("487 Terminated", to: invite), from: SwitchHarness.vendor)
        let bye = try #require(application.perform(.hangUp, on: channel).sent.last)
        #expect(bye.value(.callID) == "pick")
        application.deliver(Messages.response("200 OK", to: bye))
        application.conclude()
        #expect(application.report(of: channel)?.state == .idle)
        let isQuiet = application.harness.core.isQuiet
        #expect(isQuiet)
    }
}
