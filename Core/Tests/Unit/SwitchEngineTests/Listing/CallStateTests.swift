import Addresses
import CallControl
import Routing
import SIPMessages
import SwitchEngine
import Testing
import Timeline

/// A call's row from INVITE to oblivion.
@Suite struct CallStateTests {
    static let caller = IPAddress(v4: 0x7F00_0002)
    static let callee = IPAddress(v4: 0x7F00_0003)

    @Test("Idle, WaitAuth and WaitRoute are passed in the step in which the INVITE comes in")
    func early() throws {
        var harness = try SwitchHarness()
        _ = harness.place("a")
        #expect(harness.states == [.waitAuth, .waitRoute, .arComplete])
    }

    @Test(
        "a listing between any two inputs shows the state that was told last, so that nothing sees Idle or WaitRoute",
        arguments: [MediaMode.direct, .relay])
    func between(mode: MediaMode) throws {
        var harness = try SwitchHarness { $1.mediaMode = mode }
        var told = [CallState]()
        func look(_ harness: SwitchHarness) {
            told += harness.states
            #expect(harness.rows.map(\.state) == [told.last])
        }
        var sent = harness.deliver(Messages.invite(), from: SwitchHarness.caller)
        look(harness)
        if let session = harness.openedSession {
            #expect(harness.rows.map(\.connection) == [nil])
            sent = harness.give(.media(.opened(session, callerPorts: [10_000], calleePorts: [10_002])))
            look(harness)
        }
        for port in 0..<2 {
            let invite = try #require(sent.last { $0.line == "INVITE" })
            let vendor = Endpoint(SwitchHarness.vendor.address, SwitchHarness.vendor.port + UInt16(port))
            harness.deliver(Messages.response("180 Ringing", to: invite), from: vendor)
            look(harness)
            let line = port == 0 ? "503 Service Unavailable" : "200 OK"
            sent = harness.deliver(Messages.response(line, to: invite, sdp: port == 1), from: vendor)
            look(harness)
        }
        let ok = try #require(sent.last { $0.line == "200 INVITE" })
        harness.deliver(Messages.inDialog("ACK", 1, after: ok), from: SwitchHarness.caller)
        look(harness)
        let bye = harness.deliver(Messages.inDialog("BYE", 2, after: ok), from: SwitchHarness.caller)
        look(harness)
        harness.deliver(Messages.response("200 OK", to: try #require(bye.last)), from: SwitchHarness.vendor)
        look(harness)
        harness.advance(.seconds(2))
        look(harness)
        #expect(told == [.waitAuth, .waitRoute, .arComplete, .connected, .disconnecting, .dead])
    }

    @Test("ARComplete while it rings: DELAY runs, DURATION is zero, the callee's media is unknown")
    func ringing() throws {
        var harness = try SwitchHarness()
        harness.advance(.milliseconds(1500))
        let invite = try #require(harness.place("a").last)
        harness.advance(.milliseconds(400))
        harness.deliver(Messages.response("180 Ringing", to: invite), from: SwitchHarness.vendor)
        let row = try #require(harness.rows.first)
        #expect(row.state == .arComplete)
        #expect(row.delay == .milliseconds(400) && row.duration == .zero)
        #expect(row.account == 3 && row.customer == 1 && row.environment == 1)
        #expect(row.connection == 1 && row.vendor == 1 && row.direction == .vendor)
        #expect(row.cli == Array("alice".utf8) && row.cld == Array("4420".utf8) && row.callIDText == "a")
        #expect(row.setupMilliseconds == 1_700_000_001_500)
        #expect(row.callerMedia == Self.caller && row.calleeMedia == nil)
        harness.advance(.seconds(1))
        #expect(harness.rows.first?.delay == .milliseconds(1400))
    }

    @Test("a failover keeps ID, state and the running DELAY, changes the connection and forgets the callee's media")
    func failover() throws {
        var harness = try SwitchHarness()
        let first = try #require(harness.place("a").last)
        harness.advance(.seconds(1))
        harness.deliver(Messages.response("183 Session Progress", to: first, sdp: true), from: SwitchHarness.vendor)
        let before = try #require(harness.rows.first)
        #expect(before.connection == 1 && before.calleeMedia == Self.callee)
        harness.deliver(Messages.response("503 Service Unavailable", to: first), from: SwitchHarness.vendor)
        harness.advance(.seconds(1))
        let after = try #require(harness.rows.first)
        #expect(harness.rows.count == 1)
        #expect(after.id == before.id && after.state == .arComplete && after.connection == 2)
        #expect(after.delay == .seconds(2) && after.calleeMedia == nil && after.callerMedia == Self.caller)
    }

    @Test("a connection that cannot be tried passes on its vendor with it")
    func refusedAttempt() throws {
        var harness = try SwitchHarness { provisioning, _ in
            provisioning.vendors.append(Vendor(id: 2, name: "other"))
            provisioning.connections[1].vendor = 2
            provisioning.connections[1].capacity = 0
        }
        let invite = try #require(harness.place("a").last)
        harness.deliver(Messages.response("503 Service Unavailable", to: invite), from: SwitchHarness.vendor)
        let row = try #require(harness.rows.first)
        #expect(row.connection == 2 && row.vendor == 2)
    }

    @Test("Connected: DELAY stands still from the answer on, DURATION runs")
    func connected() throws {
        var harness = try SwitchHarness()
        let invite = try #require(harness.place("a").last)
        harness.advance(.seconds(3))
        harness.deliver(Messages.response("200 OK", to: invite, sdp: true), from: SwitchHarness.vendor)
        harness.advance(.milliseconds(2250))
        let row = try #require(harness.rows.first)
        #expect(row.state == .connected && row.delay == .seconds(3) && row.duration == .milliseconds(2250))
        #expect(row.callerMedia == Self.caller && row.calleeMedia == Self.callee)
    }

    @Test("hung up by the caller: Disconnecting until the callee has agreed, Dead for 32 s, then gone")
    func hungUpByCaller() throws {
        var harness = try SwitchHarness()
        let ok = try #require(harness.connect("a").last)
        harness.advance(.seconds(5))
        let bye = try #require(
            harness.deliver(Messages.inDialog("BYE", 2, after: ok), from: SwitchHarness.caller).last)
        harness.advance(.milliseconds(100))
        #expect(harness.rows.map(\.state) == [.disconnecting])
        #expect(harness.rows(CallSelection(.active)).isEmpty)
        harness.deliver(Messages.response("200 OK", to: bye), from: SwitchHarness.vendor)
        harness.give(.recorded(harness.allRecords.map(\.id)))
        harness.advance(.seconds(31))
        let row = try #require(harness.rows.first)
        #expect(row.state == .dead && row.delay == .zero && row.duration == .seconds(5))
        #expect(harness.rows(CallSelection(.active)).isEmpty && harness.rows(CallSelection(.live)).isEmpty)
        harness.advance(.seconds(2))
        #expect(harness.rows.isEmpty)
        #expect(harness.core.snapshot(of: row.id, at: harness.now) == nil)
    }

    @Test("hung up by the callee, and the caller does not answer: Disconnecting as long as that lasts")
    func hungUpByCallee() throws {
        var harness = try SwitchHarness()
        let invite = try #require(harness.place("a").last)
        let answered = harness.deliver(Messages.response("200 OK", to: invite, sdp: true), from: SwitchHarness.vendor)
        harness.deliver(Messages.inDialog("ACK", 1, after: try #require(answered.last)), from: SwitchHarness.caller)
        harness.deliver(Messages.fromCallee("BYE", 1, try #require(answered.first)), from: SwitchHarness.vendor)
        harness.advance(.seconds(20))
        #expect(harness.rows.map(\.state) == [.disconnecting])
        #expect(harness.rows.first?.duration == .zero)
        harness.advance(.seconds(20))
        #expect(harness.rows.map(\.state) == [.dead])
    }

    @Test("cancelled while it rings: DELAY ends with it, DURATION stays zero")
    func cancelled() throws {
        var harness = try SwitchHarness()
        let invite = try #require(harness.place("a1").last)
        harness.deliver(Messages.response("180 Ringing", to: invite), from: SwitchHarness.vendor)
        harness.advance(.seconds(4))
        harness.deliver(RaceTests.cancel, from: SwitchHarness.caller)
        #expect(harness.rows.map(\.state) == [.disconnecting])
        harness.deliver(Messages.response("487 Request Terminated", to: invite), from: SwitchHarness.vendor)
        harness.advance(.seconds(10))
        let row = try #require(harness.rows.first)
        #expect(row.state == .dead && row.delay == .seconds(4) && row.duration == .zero && row.connection == 1)
    }

    @Test("a call that nothing may carry is Dead at once and has no connection")
    func refused() throws {
        var harness = try SwitchHarness { provisioning, _ in provisioning.accounts[0].isBlocked = true }
        #expect(harness.place("a").isEmpty)
        let row = try #require(harness.rows.first)
        #expect(row.state == .dead && row.connection == nil && row.account == 3)
        #expect(harness.states == [.waitAuth, .waitRoute, .disconnecting, .dead])
    }

    @Test("a number of ours that leads to a connection is onnet_in, whatever the caller calls itself")
    func onNet() throws {
        var harness = try SwitchHarness { provisioning, _ in
            var did = DID(number: "4420")
            did.connection = 2
            provisioning.dids = [did]
        }
        let invite = try #require(harness.place("a").last)
        #expect(invite.flow.remote.port == 5081)
        #expect(harness.rows.map(\.direction) == [.onNetIn])
        #expect(harness.rows.map(\.connection) == [2])
    }

    @Test("numbers go up and none is used twice")
    func numbers() throws {
        var harness = try SwitchHarness()
        var seen: [UInt64] = []
        for name in ["a", "b", "c"] {
            let ok = try #require(harness.connect(name).last)
            let bye = try #require(
                harness.deliver(Messages.inDialog("BYE", 2, after: ok), from: SwitchHarness.caller).last)
            harness.deliver(Messages.response("200 OK", to: bye), from: SwitchHarness.vendor)
            harness.give(.recorded(harness.allRecords.map(\.id)))
            seen += harness.rows.map(\.id)
            harness.advance(.seconds(64))
        }
        #expect(seen == [1, 2, 3])
    }
}
