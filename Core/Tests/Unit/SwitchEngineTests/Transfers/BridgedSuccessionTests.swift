import Addresses
import CallControl
import MediaSessions
import Routing
import SIPMessages
import SwitchEngine
import Testing
import Timeline

/// An answered call of two parties, through the relay or without.
private struct Bridge {
    var harness: SwitchHarness
    /// The 200 that the caller got, and the ACK that the callee got.
    let ok: Sent
    let ack: Sent

    init(to number: String = "4420", _ mode: MediaMode = .relay) throws {
        harness = try SwitchHarness { provisioning, configuration in
            configuration.mediaMode = mode
            var phone = DID(number: "5001")
            phone.connection = 1
            provisioning.dids = [phone]
        }
        var sent = harness.deliver(Messages.invite(to: number), from: SwitchHarness.caller)
        if let session = harness.openedSession {
            sent = harness.give(.media(.opened(session, callerPorts: [20_000], calleePorts: [20_002])))
        }
        let invite = try #require(sent.last)
        let answered = harness.deliver(Messages.response("200 OK", to: invite, sdp: true), from: SwitchHarness.vendor)
        #expect(answered.map(\.line) == ["ACK", "200 INVITE"])
        (ack, ok) = (answered[0], answered[1])
        harness.deliver(Messages.inDialog("ACK", 1, after: ok), from: SwitchHarness.caller)
    }

    @discardableResult
    mutating func fromCaller(_ text: String) -> [Sent] { harness.deliver(text, from: SwitchHarness.caller) }

    @discardableResult
    mutating func fromVendor(_ text: String) -> [Sent] { harness.deliver(text, from: SwitchHarness.vendor) }
}

@Suite("A party of a bridged call that is replaced by another one")
struct BridgedSuccessionTests {
    @Test(
        "the caller's REFER: the target is called without an offer, its offer goes to the callee, and both talk",
        arguments: [MediaMode.relay, .direct])
    func callerRefers(mode: MediaMode) throws {
        var bridge = try Bridge(mode)
        let sent = bridge.fromCaller(Messages.refer(to: "<sip:4499@127.0.0.1>", after: bridge.ok))
        #expect(sent.map(\.line) == ["202 REFER", "NOTIFY", "INVITE"])
        let invite = sent[2]
        #expect(!invite.text.contains("m=audio"))
        #expect(invite.text.hasPrefix("INVITE sip:4499@127.0.0.3:5080"))
        bridge.fromCaller(Messages.response("200 OK", to: sent[1]))
        let answer = Messages.response("200 OK", to: invite, sdp: true, tag: "target")
            .replacing("6000", with: "7000")
        let reinvite = bridge.fromVendor(answer)
        #expect(reinvite.map(\.line) == ["INVITE"])
        #expect(reinvite[0].value(.callID) == bridge.ack.value(.callID))
        #expect(reinvite[0].text.contains(mode == .relay ? "m=audio 20002" : "m=audio 7000"))
        let joined = bridge.fromVendor(Messages.response("200 OK", to: reinvite[0], sdp: true))
        #expect(joined.map(\.line).sorted() == ["ACK", "ACK", "NOTIFY"])
        let ack = try #require(joined.first { $0.line == "ACK" && $0.value(.callID) == invite.value(.callID) })
        #expect(ack.text.contains(mode == .relay ? "m=audio 20000" : "m=audio 6000"))
        let notify = try #require(joined.first { $0.line == "NOTIFY" })
        #expect(notify.text.hasSuffix("SIP/2.0 200 OK\r\n"))
        #expect(bridge.harness.callerTarget == nil)
        bridge.fromCaller(Messages.response("200 OK", to: notify))
        #expect(bridge.fromCaller(Messages.inDialog("BYE", 3, after: bridge.ok)).map(\.line) == ["200 BYE"])
        let over = bridge.fromVendor(Messages.fromCallee("BYE", 1, bridge.ack))
        #expect(over.map(\.line) == ["200 BYE", "BYE"])
        #expect(over[1].value(.callID) == invite.value(.callID))
        bridge.fromVendor(Messages.response("200 OK", to: over[1]))
        bridge.harness.advance(.seconds(1))
        #expect(bridge.harness.allRecords.count == 1)
        bridge.harness.give(.recorded(bridge.harness.allRecords.map(\.id)))
        bridge.harness.advance(.seconds(70))
        let isQuiet = bridge.harness.core.isQuiet
        #expect(isQuiet)
    }

    @Test("both parties are replaced in turn: each successor counts against its connection until it is gone")
    func bothRefer() throws {
        var bridge = try Bridge(to: "5001")
        #expect(bridge.harness.core.heldTicketCount == 2)
        var sent = bridge.fromCaller(Messages.refer(to: "<sip:4499@127.0.0.1>", after: bridge.ok))
        let caller = sent[2]
        bridge.fromCaller(Messages.response("200 OK", to: sent[1]))
        sent = bridge.fromVendor(Messages.response("200 OK", to: caller, sdp: true, tag: "target"))
        sent = bridge.fromVendor(Messages.response("200 OK", to: try #require(sent.last), sdp: true))
        #expect(bridge.harness.core.heldTicketCount == 3)
        bridge.fromCaller(Messages.response("200 OK", to: try #require(sent.first { $0.line == "NOTIFY" })))
        bridge.fromCaller(Messages.inDialog("BYE", 3, after: bridge.ok))
        let refer = Messages.fromCallee("REFER", 1, bridge.ack)
            .replacing("Max-Forwards", with: "Refer-To: <sip:4498@127.0.0.1>\r\nMax-Forwards")
        sent = bridge.fromVendor(refer)
        #expect(sent.map(\.line) == ["202 REFER", "NOTIFY", "INVITE"])
        bridge.fromVendor(Messages.response("200 OK", to: sent[1]))
        let offered = bridge.fromVendor(Messages.response("200 OK", to: sent[2], sdp: true, tag: "other"))
        #expect(offered.map(\.line) == ["INVITE"])
        sent = bridge.fromVendor(Messages.response("200 OK", to: offered[0], sdp: true))
        #expect(bridge.harness.core.heldTicketCount == 3)
        bridge.fromVendor(Messages.response("200 OK", to: try #require(sent.first { $0.line == "NOTIFY" })))
        let target = try #require(sent.last { $0.line == "ACK" && $0.value(.callID) == caller.value(.callID) })
        let over = bridge.fromVendor(Messages.fromCallee("BYE", 7, target))
        #expect(over.map(\.line).contains("200 BYE"))
        #expect(bridge.harness.core.heldTicketCount == 0)
        #expect(bridge.harness.core.admittedCount == 0)
    }

    @Test("a carrier's REFER is 403, that of a callee at a number of ours is obeyed")
    func calleeRefers() throws {
        var carrier = try Bridge()
        let refer = Messages.fromCallee("REFER", 1, carrier.ack)
            .replacing("Max-Forwards", with: "Refer-To: <sip:4499@127.0.0.1>\r\nMax-Forwards")
        #expect(carrier.fromVendor(refer).map(\.line) == ["403 REFER"])
        var phone = try Bridge(to: "5001")
        let own = Messages.fromCallee("REFER", 1, phone.ack)
            .replacing("Max-Forwards", with: "Refer-To: <sip:4499@127.0.0.1>\r\nMax-Forwards")
        #expect(phone.fromVendor(own).map(\.line) == ["202 REFER", "NOTIFY", "INVITE"])
    }

    @Test("a target that refuses, and one that the other party cannot talk to, leave the call as it was")
    func fails() throws {
        var busy = try Bridge()
        var sent = busy.fromCaller(Messages.refer(to: "<sip:4499@127.0.0.1>", after: busy.ok))
        busy.fromCaller(Messages.response("200 OK", to: sent[1]))
        sent = busy.fromVendor(Messages.response("486 Busy Here", to: sent[2], tag: "t"))
        #expect(sent.map(\.line) == ["ACK", "NOTIFY"])
        #expect(sent[1].text.hasSuffix("SIP/2.0 486 Busy Here\r\n"))
        #expect(busy.harness.core.listing(at: busy.harness.now).map(\.state) == [.connected])

        var deaf = try Bridge()
        sent = deaf.fromCaller(Messages.refer(to: "<sip:4499@127.0.0.1>", after: deaf.ok))
        deaf.fromCaller(Messages.response("200 OK", to: sent[1]))
        let reinvite = deaf.fromVendor(Messages.response("200 OK", to: sent[2], sdp: true, tag: "t"))
        sent = deaf.fromVendor(Messages.response("488 No", to: try #require(reinvite.last)))
        #expect(Set(sent.map(\.line)) == ["ACK", "BYE", "NOTIFY"])
        #expect(deaf.harness.core.listing(at: deaf.harness.now).map(\.state) == [.connected])
        let over = deaf.fromCaller(Messages.inDialog("BYE", 5, after: deaf.ok))
        #expect(over.map(\.line) == ["200 BYE", "BYE"])
    }

    @Test(
        "Replaces of the caller: the newcomer's offer goes to the callee, its answer comes back, the caller is hung up")
    func replaced() throws {
        var bridge = try Bridge()
        let sent = bridge.fromCaller(Messages.replacing(bridge.ok))
        #expect(sent.map(\.line) == ["100 INVITE", "INVITE"])
        #expect(sent[1].value(.callID) == bridge.ack.value(.callID))
        let joined = bridge.fromVendor(Messages.response("200 OK", to: sent[1], sdp: true))
        #expect(joined.map(\.line).sorted() == ["200 INVITE", "ACK", "BYE"])
        let ok = try #require(joined.first { $0.line == "200 INVITE" })
        #expect(ok.text.contains("m=audio 20000"))
        bridge.fromCaller(Messages.inDialog("ACK", 1, after: ok))
        bridge.fromCaller(Messages.response("200 OK", to: try #require(joined.first { $0.line == "BYE" })))
        let over = bridge.fromVendor(Messages.fromCallee("BYE", 1, bridge.ack))
        #expect(over.map(\.line) == ["200 BYE", "BYE"])
        #expect(over[1].value(.callID) == ok.value(.callID))
    }

    @Test("Replaces that the callee will not have is refused, and the old caller is still there")
    func replacementRefused() throws {
        var bridge = try Bridge()
        let sent = bridge.fromCaller(Messages.replacing(bridge.ok))
        let refused = bridge.fromVendor(Messages.response("488 No", to: try #require(sent.last)))
        #expect(refused.map(\.line).sorted() == ["488 INVITE", "ACK"])
        #expect(bridge.fromCaller(Messages.inDialog("BYE", 5, after: bridge.ok)).map(\.line) == ["200 BYE", "BYE"])
    }

    @Test("a call that ends while a newcomer waits refuses him, and nothing is left")
    func endsMeanwhile() throws {
        var bridge = try Bridge()
        bridge.fromCaller(Messages.replacing(bridge.ok))
        let over = bridge.fromCaller(Messages.inDialog("BYE", 5, after: bridge.ok))
        #expect(over.map(\.line).contains("200 BYE"))
        #expect(over.map(\.line).contains { $0.hasSuffix(" INVITE") && !$0.hasPrefix("2") })
        bridge.harness.advance(.seconds(40))
        bridge.harness.give(.recorded(bridge.harness.allRecords.map(\.id)))
        bridge.harness.advance(.seconds(70))
        let isQuiet = bridge.harness.core.isQuiet
        #expect(isQuiet)
    }

    @Test("a caller of two calls puts the callees through to each other: one call is left, with one media session")
    func attended() throws {
        var bridge = try Bridge()
        var sent = bridge.fromCaller(Messages.invite(to: "4499", callID: "b2"))
        let session = try #require(bridge.harness.openedSession)
        sent = bridge.harness.give(.media(.opened(session, callerPorts: [20_100], calleePorts: [20_102])))
        let invite = try #require(sent.last)
        let answered = bridge.fromVendor(Messages.response("200 OK", to: invite, sdp: true, tag: "second"))
        let ok = try #require(answered.last)
        bridge.fromCaller(Messages.inDialog("ACK", 1, after: ok))
        let to = ok.value(.to)?.split(separator: "tag=").last ?? ""
        let target = "<sip:4499@127.0.0.1?Replaces=b2%3Bto-tag%3D\(to)%3Bfrom-tag%3Dftb2>"
        sent = bridge.fromCaller(Messages.refer(to: target, after: bridge.ok))
        #expect(Set(sent.map(\.line)) == ["202 REFER", "NOTIFY", "INVITE", "BYE"])
        let ask = try #require(sent.first { $0.line == "INVITE" })
        #expect(ask.value(.callID) == invite.value(.callID))
        #expect(!ask.text.contains("m=audio"))
        let bye = try #require(sent.first { $0.line == "BYE" })
        #expect(bye.value(.callID) == "b2")
        bridge.fromCaller(Messages.response("200 OK", to: bye))
        bridge.fromCaller(Messages.response("200 OK", to: try #require(sent.first { $0.line == "NOTIFY" })))
        let offered = bridge.fromVendor(Messages.response("200 OK", to: ask, sdp: true))
        #expect(offered.map(\.line) == ["INVITE"])
        #expect(offered[0].text.contains("m=audio 20002"))
        let joined = bridge.fromVendor(Messages.response("200 OK", to: offered[0], sdp: true))
        #expect(joined.map(\.line).sorted() == ["ACK", "ACK", "NOTIFY"])
        let ack = try #require(joined.first { $0.value(.callID) == invite.value(.callID) })
        #expect(ack.text.contains("m=audio 20000"))
        #expect(joined.first { $0.line == "NOTIFY" }?.text.hasSuffix("SIP/2.0 200 OK\r\n") == true)
        bridge.fromCaller(Messages.inDialog("BYE", 5, after: bridge.ok))
        let over = bridge.fromVendor(Messages.fromCallee("BYE", 1, bridge.ack))
        #expect(over.map(\.line) == ["200 BYE", "BYE"])
        #expect(over[1].value(.callID) == invite.value(.callID))
        bridge.fromVendor(Messages.response("200 OK", to: over[1]))
        bridge.harness.advance(.seconds(40))
        #expect(bridge.harness.allRecords.count == 2)
        bridge.harness.give(.recorded(bridge.harness.allRecords.map(\.id)))
        bridge.harness.advance(.seconds(70))
        let isQuiet = bridge.harness.core.isQuiet
        #expect(isQuiet)
    }
}
