import CallControl
import Routing
import SIPMessages
import SwitchEngine
import Testing
import Timeline

@Suite struct RaceTests {
    /// A harness with a call that the vendor has been asked to answer.
    static func invited(_ text: String = Messages.invite()) throws -> (SwitchHarness, Sent) {
        var harness = try SwitchHarness()
        let invite = try #require(harness.deliver(text, from: SwitchHarness.caller).last)
        return (harness, invite)
    }

    /// A harness with an answered call, the INVITE at the vendor and the 200 at the caller.
    static func answered() throws -> (SwitchHarness, Sent, Sent) {
        var (harness, invite) = try invited()
        let ok = try #require(
            harness.deliver(Messages.response("200 OK", to: invite, sdp: true), from: SwitchHarness.vendor).last)
        harness.deliver(Messages.inDialog("ACK", 1, after: ok), from: SwitchHarness.caller)
        return (harness, invite, ok)
    }

    /// Ends everything and expects nothing to be left.
    static func expectQuiet(_ harness: inout SwitchHarness, records: Int = 1) {
        for _ in 0..<200 {
            harness.give(.recorded(harness.allRecords.map(\.id)))
            harness.advance(.seconds(1))
        }
        #expect(harness.allRecords.count == records)
        let isQuiet = harness.core.isQuiet
        #expect(isQuiet)
    }

    static let cancel = Messages.invite(body: "").replacing("INVITE", with: "CANCEL")

    @Test("a cancelled call is cancelled at the vendor and answered 487")
    func cancel() throws {
        var (harness, invite) = try Self.invited()
        harness.deliver(Messages.response("180 Ringing", to: invite), from: SwitchHarness.vendor)
        let cancelled = harness.deliver(Self.cancel, from: SwitchHarness.caller)
        #expect(cancelled.map(\.line) == ["200 CANCEL", "487 INVITE", "CANCEL"])
        let cancel = try #require(cancelled.last)
        harness.deliver(Messages.response("200 OK", to: cancel), from: SwitchHarness.vendor)
        let acknowledged = harness.deliver(
            Messages.response("487 Request Terminated", to: invite), from: SwitchHarness.vendor)
        #expect(acknowledged.map(\.line) == ["ACK"])
        #expect(harness.allRecords.first?.ending.status == 487)
        Self.expectQuiet(&harness)
    }

    @Test("a CANCEL before any provisional answer waits for one")
    func earlyCancel() throws {
        var (harness, invite) = try Self.invited()
        let cancelled = harness.deliver(Self.cancel, from: SwitchHarness.caller)
        #expect(cancelled.map(\.line) == ["200 CANCEL", "487 INVITE"])
        let ringing = harness.deliver(Messages.response("180 Ringing", to: invite), from: SwitchHarness.vendor)
        #expect(ringing.map(\.line) == ["CANCEL"])
        harness.deliver(Messages.response("487 Request Terminated", to: invite), from: SwitchHarness.vendor)
        Self.expectQuiet(&harness)
    }

    @Test("a 200 that crosses our CANCEL is acknowledged and ended with BYE")
    func cancelCrossesSuccess() throws {
        var (harness, invite) = try Self.invited()
        harness.deliver(Messages.response("180 Ringing", to: invite), from: SwitchHarness.vendor)
        harness.deliver(Self.cancel, from: SwitchHarness.caller)
        let crossed = harness.deliver(Messages.response("200 OK", to: invite, sdp: true), from: SwitchHarness.vendor)
        #expect(crossed.map(\.line) == ["ACK", "BYE"])
        harness.deliver(Messages.response("200 OK", to: try #require(crossed.last)), from: SwitchHarness.vendor)
        Self.expectQuiet(&harness)
    }

    @Test("an answer without ACK is repeated and ended with BYE on both legs after 32 s")
    func lostAcknowledgement() throws {
        var (harness, invite) = try Self.invited()
        harness.deliver(Messages.response("200 OK", to: invite, sdp: true), from: SwitchHarness.vendor)
        let repeated = harness.advance(.milliseconds(31_900))
        #expect(repeated.filter { $0.line == "200 INVITE" }.count == 10)
        let ended = harness.advance(.milliseconds(200))
        #expect(Set(ended.map(\.line)) == ["BYE"])
        #expect(Set(ended.map(\.flow.remote)) == [SwitchHarness.caller, SwitchHarness.vendor])
        Self.expectQuiet(&harness)
    }

    @Test("a repeated 200 of the vendor is acknowledged again")
    func lostVendorAcknowledgement() throws {
        var (harness, invite, _) = try Self.answered()
        let again = harness.deliver(Messages.response("200 OK", to: invite, sdp: true), from: SwitchHarness.vendor)
        #expect(again.map(\.line) == ["ACK"])
    }

    @Test("a second fork that answers is acknowledged and ended, the first goes on")
    func secondFork() throws {
        var (harness, invite, ok) = try Self.answered()
        let fork = harness.deliver(
            Messages.response("200 OK", to: invite, sdp: true, tag: "fork"), from: SwitchHarness.vendor)
        #expect(fork.map(\.line) == ["ACK", "BYE"])
        #expect(fork.allSatisfy { $0.value(.to)?.hasSuffix("tag=fork") == true })
        harness.deliver(Messages.response("200 OK", to: try #require(fork.last)), from: SwitchHarness.vendor)
        let ended = harness.deliver(Messages.inDialog("BYE", 2, after: ok), from: SwitchHarness.caller)
        #expect(ended.map(\.line) == ["200 BYE", "BYE"])
        #expect(ended.last?.value(.to)?.hasSuffix("tag=callee") == true)
        harness.deliver(Messages.response("200 OK", to: try #require(ended.last)), from: SwitchHarness.vendor)
        Self.expectQuiet(&harness)
    }

    @Test("a fork that answers after its leg is gone is acknowledged and ended once")
    func lateFork() throws {
        var (harness, invite, ok) = try Self.answered()
        let ended = harness.deliver(Messages.inDialog("BYE", 2, after: ok), from: SwitchHarness.caller)
        harness.deliver(Messages.response("200 OK", to: try #require(ended.last)), from: SwitchHarness.vendor)
        let late = Messages.response("200 OK", to: invite, sdp: true, tag: "fork")
        let fork = harness.deliver(late, from: SwitchHarness.vendor)
        #expect(fork.map(\.line) == ["ACK", "BYE"])
        #expect(fork.allSatisfy { $0.value(.to)?.hasSuffix("tag=fork") == true })
        harness.deliver(Messages.response("200 OK", to: try #require(fork.last)), from: SwitchHarness.vendor)
        #expect(harness.deliver(late, from: SwitchHarness.vendor).map(\.line) == ["ACK"])
        let first = harness.deliver(Messages.response("200 OK", to: invite, sdp: true), from: SwitchHarness.vendor)
        #expect(first.map(\.line) == ["ACK"])
        for number in 0..<20 {
            let flood = Messages.response("200 OK", to: invite, sdp: true, tag: "flood\(number)")
            let lines = harness.deliver(flood, from: SwitchHarness.vendor).map(\.line)
            #expect(lines == (number < 10 ? ["ACK", "BYE"] : ["ACK"]))
        }
        Self.expectQuiet(&harness)
    }

    @Test("a CANCEL tells why: what the caller told, the ending, or the patience that ended")
    func cancelReasons() throws {
        let told = Self.cancel.replacing(
            "\r\nCSeq", with: "\r\nReason: SIP;cause=200;text=\"elsewhere\"\r\nCSeq")
        for (cancel, reason) in [
            (Self.cancel, "Q.850;cause=16"), (told, "SIP;cause=200;text=\"Call completed elsewhere\""),
        ] {
            var (harness, invite) = try Self.invited()
            harness.deliver(Messages.response("180 Ringing", to: invite), from: SwitchHarness.vendor)
            let sent = harness.deliver(cancel, from: SwitchHarness.caller)
            #expect(sent.last?.line == "CANCEL" && sent.last?.value(.reason) == reason)
        }
        var (harness, invite) = try Self.invited()
        harness.deliver(Messages.response("180 Ringing", to: invite), from: SwitchHarness.vendor)
        let givenUp = harness.advance(.seconds(181)).first { $0.line == "CANCEL" }
        #expect(givenUp?.value(.reason) == "SIP;cause=408;text=\"Request Timeout\"")
    }

    @Test("BYE crossing BYE gets 200 on both sides")
    func byeCrossesBye() throws {
        var (harness, _, ok) = try Self.answered()
        let ended = harness.deliver(Messages.inDialog("BYE", 2, after: ok), from: SwitchHarness.caller)
        let bye = try #require(ended.last)
        let crossing = harness.deliver(Messages.fromCallee("BYE", 1, bye), from: SwitchHarness.vendor)
        #expect(crossing.map(\.line) == ["200 BYE"])
        harness.deliver(Messages.response("200 OK", to: bye), from: SwitchHarness.vendor)
        Self.expectQuiet(&harness)
    }

    @Test("a re-INVITE passes to the other leg and its answer comes back")
    func renegotiation() throws {
        var (harness, _, ok) = try Self.answered()
        let offered = harness.deliver(
            Messages.inDialog("INVITE", 2, after: ok, body: Messages.sdp + "a=sendonly\r\n"), from: SwitchHarness.caller
        )
        #expect(offered.map(\.line) == ["100 INVITE", "INVITE"])
        let invite = try #require(offered.last)
        #expect(invite.text.contains("a=sendonly"))
        let answered = harness.deliver(Messages.response("200 OK", to: invite, sdp: true), from: SwitchHarness.vendor)
        #expect(answered.map(\.line) == ["ACK", "200 INVITE"])
        harness.deliver(Messages.inDialog("ACK", 2, after: ok), from: SwitchHarness.caller)
        let ended = harness.deliver(Messages.inDialog("BYE", 3, after: ok), from: SwitchHarness.caller)
        harness.deliver(Messages.response("200 OK", to: try #require(ended.last)), from: SwitchHarness.vendor)
        Self.expectQuiet(&harness)
    }

    @Test("re-INVITEs that cross are both refused with 491 and the call goes on")
    func glare() throws {
        var (harness, _, ok) = try Self.answered()
        let offered = harness.deliver(
            Messages.inDialog("INVITE", 2, after: ok, body: Messages.sdp), from: SwitchHarness.caller)
        let invite = try #require(offered.last)
        let crossing = harness.deliver(
            Messages.fromCallee("INVITE", 1, invite, body: Messages.sdp), from: SwitchHarness.vendor)
        #expect(crossing.map(\.line) == ["491 INVITE"])
        let refused = harness.deliver(Messages.response("491 Request Pending", to: invite), from: SwitchHarness.vendor)
        #expect(refused.map(\.line) == ["ACK", "491 INVITE"])
        let ended = harness.deliver(Messages.inDialog("BYE", 3, after: ok), from: SwitchHarness.caller)
        #expect(ended.map(\.line) == ["200 BYE", "BYE"])
        harness.deliver(Messages.response("200 OK", to: try #require(ended.last)), from: SwitchHarness.vendor)
        Self.expectQuiet(&harness)
    }

    @Test("BYE crossing a re-INVITE ends both legs and answers the re-INVITE")
    func byeCrossesRenegotiation() throws {
        var (harness, _, ok) = try Self.answered()
        let offered = harness.deliver(
            Messages.inDialog("INVITE", 2, after: ok, body: Messages.sdp), from: SwitchHarness.caller)
        let invite = try #require(offered.last)
        let ended = harness.deliver(Messages.fromCallee("BYE", 1, invite), from: SwitchHarness.vendor)
        #expect(ended.map(\.line) == ["200 BYE", "487 INVITE", "BYE"])
        harness.deliver(Messages.response("481 Gone", to: invite), from: SwitchHarness.vendor)
        harness.deliver(Messages.inDialog("ACK", 2, after: ok), from: SwitchHarness.caller)
        let bye = try #require(ended.last)
        harness.deliver(Messages.response("200 OK", to: bye), from: SwitchHarness.caller)
        Self.expectQuiet(&harness)
    }

    @Test("a late offer passes in the 200 and its answer in both ACKs")
    func lateOffer() throws {
        var (harness, invite) = try Self.invited(Messages.invite(body: ""))
        #expect(invite.message.body.isEmpty)
        let offered = harness.deliver(Messages.response("200 OK", to: invite, sdp: true), from: SwitchHarness.vendor)
        #expect(offered.map(\.line) == ["200 INVITE"])
        let ok = try #require(offered.last)
        #expect(ok.text.contains("c=IN IP4 127.0.0.3"))
        let acknowledged = harness.deliver(
            Messages.inDialog("ACK", 1, after: ok, body: Messages.sdp), from: SwitchHarness.caller)
        #expect(acknowledged.map(\.line) == ["ACK"])
        #expect(acknowledged.first?.text.contains("c=IN IP4 127.0.0.2") == true)
        let ended = harness.deliver(Messages.inDialog("BYE", 2, after: ok), from: SwitchHarness.caller)
        harness.deliver(Messages.response("200 OK", to: try #require(ended.last)), from: SwitchHarness.vendor)
        Self.expectQuiet(&harness)
    }

    @Test("503 goes on to the next vendor, 486 stops, and the caller hears 486")
    func failover() throws {
        var (harness, invite) = try Self.invited()
        let next = harness.deliver(Messages.response("503 Full", to: invite), from: SwitchHarness.vendor)
        #expect(next.map(\.line) == ["ACK", "INVITE"])
        let second = try #require(next.last)
        #expect(second.flow.remote.port == 5081)
        #expect(second.value(.callID) != invite.value(.callID))
        let busy = harness.deliver(Messages.response("486 Busy Here", to: second), from: SwitchHarness.vendor)
        #expect(busy.map(\.line) == ["ACK", "486 INVITE"])
        #expect(harness.allRecords.first?.attempts.map(\.status) == [503, 486])
        harness.deliver(Messages.acknowledgement(of: Messages.invite()), from: SwitchHarness.caller)
        Self.expectQuiet(&harness)
    }

    @Test("a silent vendor is failed over after timeout_1xx, then the caller gets 408")
    func silence() throws {
        var (harness, _) = try Self.invited()
        let next = harness.advance(.seconds(5))
        #expect(next.filter { $0.line == "INVITE" && $0.flow.remote.port == 5081 }.count == 1)
        let given = harness.advance(.seconds(5))
        #expect(given.contains { $0.line == "408 INVITE" })
        harness.deliver(Messages.acknowledgement(of: Messages.invite()), from: SwitchHarness.caller)
        Self.expectQuiet(&harness)
    }

    @Test("the record of a call does not wait for the vendor that never answered before")
    func recordBeforeAbandonedAttempt() throws {
        var (harness, _) = try Self.invited()
        let second = try #require(
            harness.advance(.seconds(5)).last { $0.line == "INVITE" && $0.flow.remote.port == 5081 })
        let ok = try #require(
            harness.deliver(Messages.response("200 OK", to: second, sdp: true), from: SwitchHarness.vendor).last)
        harness.deliver(Messages.inDialog("ACK", 1, after: ok), from: SwitchHarness.caller)
        let bye = try #require(
            harness.deliver(Messages.inDialog("BYE", 2, after: ok), from: SwitchHarness.caller).last)
        harness.deliver(Messages.response("200 OK", to: bye), from: SwitchHarness.vendor)
        #expect(harness.allRecords.count == 1)
        Self.expectQuiet(&harness)
    }

    @Test("without credentials there is one challenge, nothing kept and no second leg")
    func challenge() throws {
        var harness = try SwitchHarness()
        let stranger = SwitchHarness.vendor
        let answers = harness.deliver(Messages.invite(), from: stranger)
        #expect(answers.map(\.line) == ["401 INVITE"])
        #expect(answers.first?.value(.wwwAuthenticate)?.contains("realm=\"martlet\"") == true)
        let isQuiet = harness.core.isQuiet
        #expect(isQuiet)
    }

    @Test("a challenge offers the algorithms that are configured, in their order, and no other")
    func challengeAlgorithms() throws {
        for algorithms: [DigestAlgorithm] in [[.md5], [.sha256], [.sha256, .md5]] {
            var harness = try SwitchHarness { $1.digestAlgorithms = algorithms }
            let answer = try #require(harness.deliver(Messages.invite(), from: SwitchHarness.vendor).first)
            let challenges = DigestChallenge.all(of: answer.message, .wwwAuthenticate)
            #expect(challenges.map(\.algorithm) == algorithms)
        }
    }
}
