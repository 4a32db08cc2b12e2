import CallControl
import SIPMessages
import SwitchEngine
import Testing
import Timeline

/// Callers that have been asked for credentials.
@Suite struct ChallengedCallerTests {
    /// An address that no rule trusts.
    static let stranger = SwitchHarness.caller(of: 9)

    private func challenged(_ callID: String = "d1") throws -> (SwitchHarness, invite: String, refusal: Sent) {
        var harness = try SwitchHarness()
        harness.advance(.seconds(1))
        let invite = Messages.invite(callID: callID)
        let refusal = try #require(harness.deliver(invite, from: Self.stranger).last)
        #expect(refusal.line == "401 INVITE")
        return (harness, invite, refusal)
    }

    @Test("WaitAuth while the challenge is open, Dead for 32 s after it, then gone; never active")
    func unanswered() throws {
        var (harness, _, _) = try challenged()
        harness.advance(.seconds(1))
        let row = try #require(harness.rows.first)
        #expect(row.state == .waitAuth && row.delay == .seconds(1) && row.duration == .zero)
        #expect(row.account == 0 && row.customer == 0 && row.connection == nil)
        #expect(row.cli == Array("alice".utf8) && row.cld == Array("4420".utf8) && row.callIDText == "d1")
        #expect(row.setupMilliseconds == 1_700_000_001_000)
        harness.advance(.seconds(30))
        #expect(harness.rows.map(\.state) == [.dead])
        #expect(harness.rows.first?.delay == .seconds(2))
        #expect(harness.rows(CallSelection(.active)).isEmpty)
        #expect(harness.core.callCount == 0)
        harness.advance(.seconds(4))
        #expect(harness.rows.isEmpty)
    }

    @Test("with the credentials the row becomes the call: same ID, same set-up, one row")
    func answered() throws {
        var (harness, invite, refusal) = try challenged()
        let waiting = try #require(harness.rows.first)
        harness.advance(.seconds(5))
        let sent = harness.deliver(Messages.authorized(invite, answering: refusal), from: Self.stranger)
        #expect(sent.map(\.line) == ["100 INVITE", "INVITE"])
        let row = try #require(harness.rows.first)
        #expect(harness.rows.count == 1)
        #expect(row.id == waiting.id && row.state == .arComplete && row.account == 3)
        #expect(row.setupMilliseconds == waiting.setupMilliseconds && row.delay == .seconds(5))
        // A late copy of the INVITE without credentials makes no second row.
        harness.deliver(invite, from: Self.stranger)
        #expect(harness.rows.count == 1)
        _ = harness.place("next")
        #expect(harness.rows.map(\.id) == [row.id, row.id + 1])
    }

    @Test("a wrong password asks again and leaves one row")
    func wrongPassword() throws {
        var (harness, invite, refusal) = try challenged()
        harness.advance(.milliseconds(1900))
        let again = harness.deliver(
            Messages.authorized(invite, answering: refusal, password: "guess"), from: Self.stranger)
        #expect(again.map(\.line) == ["401 INVITE"])
        harness.advance(.seconds(1))
        #expect(harness.rows.map(\.state) == [.waitAuth])
        harness.advance(.seconds(1))
        #expect(harness.rows.map(\.state) == [.dead])
    }

    @Test("nobody but root sees them, and no filter does")
    func scope() throws {
        let (harness, _, _) = try challenged()
        for reach in [CallSelection.Reach.customer(1), .subtree(of: 1), .customer(0)] {
            #expect(harness.rows(CallSelection(within: reach)).isEmpty)
        }
        var selection = CallSelection()
        selection.account = 0
        #expect(harness.rows(selection).isEmpty)
        #expect(harness.rows(CallSelection()).count == 1)
        #expect(harness.core.accountStatistics(of: 0).isEmpty)
    }

    @Test("an operator ends one: it is Dead, and credentials come too late")
    func disconnected() throws {
        var (harness, invite, refusal) = try challenged()
        let row = try #require(harness.rows.first)
        #expect(harness.disconnect(row.id, within: .subtree(of: 1)) == false)
        #expect(harness.disconnect(row.id) == true)
        #expect(harness.disconnect(row.id) == false)
        #expect(harness.rows.map(\.state) == [.dead])
        let late = harness.deliver(Messages.authorized(invite, answering: refusal), from: Self.stranger)
        #expect(late.map(\.line) == ["480 INVITE"])
        #expect(harness.core.callCount == 0)
    }

    @Test("strangers cost a bounded number of rows, and no row of a text without bounds")
    func bounded() throws {
        var harness = try SwitchHarness()
        for number in 0..<3000 { harness.deliver(Messages.invite(callID: "s\(number)"), from: Self.stranger) }
        #expect(harness.rows.count == 1024)
        #expect(harness.rows.last?.callIDText == "s2999")
        #expect(harness.rows.first?.callIDText == "s1976")
        harness.deliver(
            Messages.invite(callID: String(repeating: "x", count: 4000)), from: Self.stranger)
        #expect(harness.rows.last?.callIDText == "s2999")
        harness.advance(.seconds(40))
        #expect(harness.rows.isEmpty)
        let isQuiet = harness.core.isQuiet && harness.core.nextDeadline == nil
        #expect(isQuiet)
    }
}
