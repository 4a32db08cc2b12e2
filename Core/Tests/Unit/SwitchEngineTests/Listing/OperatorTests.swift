import Accounting
import CallControl
import SIPMessages
import SwitchEngine
import Testing
import Timeline

extension SwitchHarness {
    mutating func disconnect(_ number: UInt64, within reach: CallSelection.Reach = .everything) -> Bool {
        outputs = []
        let isFound = core.disconnect(number, within: reach, by: .api, at: now, into: &outputs)
        allRecords += records
        return isFound
    }

    /// Ends what is selected; how many calls that were, and what was sent.
    mutating func disconnectAll(_ selection: CallSelection) -> (count: Int, sent: [String]) {
        outputs = []
        let frame = core.beginListing(selection, in: .oldestFirst, at: now)
        let keys = core.keys(of: frame, from: 0, slots: 10_000, at: now).keys
        let count = core.disconnect(keys, selection, by: .api, at: now, into: &outputs)
        allRecords += records
        return (count, sent.map(\.line).sorted())
    }

    /// Ends a call and lets two seconds pass, after which nothing is left of it where dead calls linger for one.
    mutating func disconnectAndForget(_ number: UInt64) {
        _ = disconnect(number)
        for message in sent where message.line == "BYE" {
            let response = Messages.response("200 OK", to: message)
            deliver(response, from: message.flow.remote)
        }
        give(.recorded(allRecords.map(\.id)))
        advance(.seconds(2))
    }
}

/// What operators do to calls.
@Suite struct OperatorTests {
    @Test("an answered call gets BYE on both legs, one record by the API, and is found until it is dead")
    func answered() throws {
        var harness = try SwitchHarness()
        _ = harness.connect("a")
        #expect(harness.disconnect(1) == true)
        let byes = harness.sent
        #expect(byes.map(\.line) == ["BYE", "BYE"])
        #expect(Set(byes.map(\.flow.remote)) == [SwitchHarness.caller, SwitchHarness.vendor])
        #expect(harness.disconnect(1) == true)
        #expect(harness.sent.isEmpty)
        for bye in byes { harness.deliver(Messages.response("200 OK", to: bye), from: bye.flow.remote) }
        #expect(harness.rows.map(\.state) == [.dead])
        #expect(harness.disconnect(1) == false)
        #expect(harness.allRecords.map(\.ending.endedBy) == [.api])
        RaceTests.expectQuietAfterwards(&harness)
    }

    @Test(
        "a ringing call: the caller hears 480 where an operator ends it, 503 where the switch stops, the callee CANCEL",
        arguments: [(.api, 480), (.switch, 503)] as [(EndedBy, UInt16)])
    func ringing(_ endedBy: EndedBy, _ status: UInt16) throws {
        var harness = try SwitchHarness()
        let invite = try #require(harness.place("a").last)
        harness.deliver(Messages.response("180 Ringing", to: invite), from: SwitchHarness.vendor)
        harness.give(.command(.disconnect(1, by: endedBy)))
        #expect(harness.sent.map(\.line).sorted() == ["\(status) INVITE", "CANCEL"])
        #expect(harness.rows.map(\.state) == [.disconnecting])
        harness.deliver(Messages.response("487 Request Terminated", to: invite), from: SwitchHarness.vendor)
        #expect(harness.allRecords.map(\.ending.status) == [status])
        #expect(harness.allRecords.map(\.ending.endedBy) == [endedBy])
        RaceTests.expectQuietAfterwards(&harness)
    }

    @Test("a call whose ports are not open yet ends without a callee, and the late ports harm nobody")
    func waitingForPorts() throws {
        var harness = try SwitchHarness { _, configuration in configuration.mediaMode = .relay }
        harness.deliver(Messages.invite(), from: SwitchHarness.caller)
        let session = try #require(harness.openedSession)
        #expect(harness.rows.map(\.state) == [.arComplete])
        #expect(harness.rows.first?.callerMedia == CallStateTests.caller)
        #expect(harness.disconnect(1) == true)
        #expect(harness.sent.map(\.line) == ["480 INVITE"])
        let late = harness.give(.media(.opened(session, callerPorts: [20_000], calleePorts: [20_002])))
        #expect(late.isEmpty)
        harness.give(.media(.closed(session, caller: .init(), callee: .init())))
        #expect(harness.rows.map(\.state) == [.dead])
    }

    @Test("a foreign call looks like no call")
    func foreign() throws {
        var harness = try SwitchHarness.withCustomers()
        _ = harness.connect("a", of: 4)
        #expect(harness.disconnect(1, within: .subtree(of: 2)) == false)
        #expect(harness.disconnect(99, within: .subtree(of: 2)) == false)
        #expect(harness.rows.map(\.state) == [.connected])
        #expect(harness.disconnect(1, within: .subtree(of: 4)) == true)
    }

    @Test("ending a customer ends its subtree, counts what it ended and nothing else, and new calls go on")
    func customer() throws {
        var harness = try SwitchHarness.withCustomers()
        for customer in 1...4 {
            _ = harness.connect("up\(customer)", of: customer)
            _ = harness.place("ring\(customer)", of: customer)
        }
        _ = harness.disconnect(3)
        let selection = CallSelection(.live, within: .subtree(of: 2))
        let (count, sent) = harness.disconnectAll(selection)
        #expect(count == 3)
        #expect(sent == ["480 INVITE", "480 INVITE", "BYE", "BYE"])
        #expect(harness.disconnectAll(selection).count == 0)
        let alive = harness.rows(CallSelection(.active)).map(\.callIDText)
        #expect(alive == ["up1", "ring1", "up4", "ring4"])
        #expect(harness.connect("again", of: 2).count == 2)
    }

    @Test("keys of calls that have ended or been forgotten meanwhile end nothing")
    func staleKeys() throws {
        var harness = try SwitchHarness { $1.linger = .seconds(1) }
        for name in ["a", "b", "c"] { _ = harness.connect(name) }
        let selection = CallSelection(.live)
        let frame = harness.core.beginListing(selection, in: .oldestFirst, at: harness.now)
        let keys = harness.core.keys(of: frame, from: 0, slots: 100, at: harness.now).keys
        #expect(keys.count == 3)
        harness.disconnectAndForget(1)
        _ = harness.disconnect(2)
        _ = harness.connect("d")
        var outputs: [SwitchOutput] = []
        let count = harness.core.disconnect(keys, selection, by: .api, at: harness.now, into: &outputs)
        #expect(count == 1)
        #expect(harness.rows(CallSelection(.live)).map(\.callIDText) == ["d"])
    }

    @Test("counters per account say what a listing says, at every step of every call")
    func counters() throws {
        var harness = try SwitchHarness.withCustomers()
        func check(_ expected: [AccountCallStatistics], of customer: Int) {
            let (counters, listing) = harness.counted(of: customer)
            #expect(counters == expected)
            #expect(listing == expected)
        }
        check([], of: 1)
        let ringing = try #require(harness.place("a").last)
        check([AccountCallStatistics(account: 3, total: 1, connected: 0)], of: 1)
        _ = harness.connect("b")
        _ = harness.connect("c", of: 2)
        check([AccountCallStatistics(account: 3, total: 2, connected: 1)], of: 1)
        check([AccountCallStatistics(account: 32, total: 1, connected: 1)], of: 2)
        check([], of: 3)
        harness.deliver(Messages.response("503 Service Unavailable", to: ringing), from: SwitchHarness.vendor)
        check([AccountCallStatistics(account: 3, total: 2, connected: 1)], of: 1)
        _ = harness.disconnect(2)
        check([AccountCallStatistics(account: 3, total: 1, connected: 0)], of: 1)
        _ = harness.disconnect(1)
        check([], of: 1)
        harness.advance(.seconds(100))
        check([], of: 1)
        check([AccountCallStatistics(account: 32, total: 1, connected: 1)], of: 2)
    }

    @Test("calls that have not ended are counted without looking at them")
    func liveCount() throws {
        var harness = try SwitchHarness { $1.linger = .seconds(1) }
        _ = harness.connect("a")
        _ = harness.place("b")
        #expect(harness.core.liveCallCount == 2)
        harness.disconnectAndForget(1)
        #expect(harness.core.liveCallCount == 1)
    }
}

extension RaceTests {
    /// Lets time pass and expects that nothing is left but records.
    static func expectQuietAfterwards(_ harness: inout SwitchHarness) {
        expectQuiet(&harness, records: harness.allRecords.count)
    }
}
