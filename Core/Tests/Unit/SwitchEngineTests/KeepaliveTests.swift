import Routing
import SIPMessages
import Testing

@Suite struct KeepaliveTests {
    @Test("a connection that does not answer OPTIONS is skipped until it does")
    func skipped() throws {
        var harness = try SwitchHarness { provisioning, _ in provisioning.connections[0].keepalive = .seconds(60) }
        let asked = harness.advance(.milliseconds(1))
        #expect(asked.map(\.line) == ["OPTIONS"])
        harness.advance(.seconds(33))
        let around = harness.deliver(Messages.invite(), from: SwitchHarness.caller)
        #expect(around.last?.flow.remote.port == 5081)

        let again = try #require(harness.advance(.seconds(27)).last { $0.line == "OPTIONS" })
        harness.deliver(Messages.response("200 OK", to: again), from: SwitchHarness.vendor)
        let back = harness.deliver(Messages.invite(callID: "b2"), from: SwitchHarness.caller)
        #expect(back.last?.flow.remote == SwitchHarness.vendor)
    }
}
