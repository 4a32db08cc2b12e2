import CallControl
import Routing
import SIPMessages
import SwitchEngine
import Testing
import Timeline

/// Who sees which calls, in which order, however they come and go meanwhile.
@Suite struct CallListingTests {
    @Test("a customer sees its calls and those below it, or its own only")
    func reach() throws {
        var harness = try SwitchHarness.withCustomers()
        for customer in 1...4 { _ = harness.place("c\(customer)", of: customer) }
        func seen(_ reach: CallSelection.Reach) -> [String] {
            harness.rows(CallSelection(within: reach)).map(\.callIDText)
        }
        #expect(seen(.everything) == ["c1", "c2", "c3", "c4"])
        #expect(seen(.subtree(of: 1)) == ["c1", "c2", "c3", "c4"])
        #expect(seen(.subtree(of: 2)) == ["c2", "c3"])
        #expect(seen(.subtree(of: 3)) == ["c3"])
        #expect(seen(.customer(1)) == ["c1"])
        #expect(seen(.customer(2)) == ["c2"])
        #expect(seen(.subtree(of: 99)).isEmpty && seen(.customer(-1)).isEmpty)
    }

    @Test("filters by account, vendor and connection; the connection wins over the vendor; foreign ids find nothing")
    func filters() throws {
        var harness = try SwitchHarness.withCustomers { provisioning, _ in
            provisioning.vendors.append(Vendor(id: 2, name: "other"))
            provisioning.connections[1].vendor = 2
        }
        let first = try #require(harness.place("a", of: 2).last)
        _ = harness.place("b", of: 3)
        harness.deliver(Messages.response("503 Service Unavailable", to: first), from: SwitchHarness.vendor)
        func seen(_ change: (inout CallSelection) -> Void) -> [String] {
            var selection = CallSelection(within: .subtree(of: 2))
            change(&selection)
            return harness.rows(selection).map(\.callIDText)
        }
        #expect(seen { $0.account = 33 } == ["b"])
        #expect(seen { $0.account = 3 }.isEmpty)
        #expect(seen { $0.customer = 3 } == ["b"])
        #expect(seen { $0.customer = 4 }.isEmpty)
        #expect(seen { $0.vendor = 1 } == ["b"])
        #expect(seen { $0.vendor = 2 } == ["a"])
        #expect(seen { $0.connection = 2 } == ["a"])
        #expect(seen { ($0.connection, $0.vendor) = (1, 2) } == ["b"])
        #expect(seen { $0.connection = 77 }.isEmpty)
    }

    @Test("four orders, ties by ID")
    func orders() throws {
        var harness = try SwitchHarness()
        _ = harness.place("ring1")
        _ = harness.place("ring2")
        harness.advance(.seconds(1))
        _ = harness.connect("long")
        harness.advance(.seconds(1))
        _ = harness.connect("short")
        harness.advance(.seconds(1))
        func seen(_ order: CallOrder) -> [String] { harness.rows(CallSelection(), in: order).map(\.callIDText) }
        #expect(seen(.oldestFirst) == ["ring1", "ring2", "long", "short"])
        #expect(seen(.oldestLast) == ["short", "long", "ring1", "ring2"])
        #expect(seen(.longestFirst) == ["long", "short", "ring1", "ring2"])
        #expect(seen(.longestLast) == ["ring1", "ring2", "short", "long"])
    }

    @Test("calls that come, change and go while a listing is made are neither doubled nor lost, and times agree")
    func changes() throws {
        var harness = try SwitchHarness { $1.linger = .seconds(1) }
        for number in 0..<6 { _ = harness.connect("k\(number)") }
        let ringing = try #require(harness.place("r").last)
        harness.deliver(Messages.response("180 Ringing", to: ringing), from: SwitchHarness.vendor)
        harness.advance(.seconds(10))
        let frame = harness.core.beginListing(CallSelection(), in: .longestFirst, at: harness.now)
        var keys = harness.core.keys(of: frame, from: 0, slots: 3, at: harness.now).keys
        // One that was seen dies and its slot goes to another, one that was not seen ends, one rings and is answered.
        harness.disconnectAndForget(1)
        _ = harness.connect("new")
        harness.advance(.seconds(3))
        _ = harness.disconnect(6)
        harness.deliver(Messages.response("200 OK", to: ringing, sdp: true), from: SwitchHarness.vendor)
        harness.advance(.seconds(3))
        var position: UInt32? = 3
        while let start = position {
            let page = harness.core.keys(of: frame, from: start, slots: 3, at: harness.now)
            keys += page.keys
            position = page.next
        }
        let rows = harness.core.rows(of: CallKey.sorted(keys), in: frame, at: harness.now)
        #expect(rows.map(\.callIDText) == ["k1", "k2", "k3", "k4", "k5", "r"])
        #expect(rows.map(\.duration) == [10, 10, 10, 10, 10, 0].map { .seconds($0) })
        #expect(rows.last?.state == .connected && rows.last?.delay == .seconds(10))
        #expect(rows[4].state == .disconnecting)
    }

    @Test("a caller that gives its credentials between two pages is listed once")
    func promoted() throws {
        var harness = try SwitchHarness()
        let invite = Messages.invite(callID: "d")
        let refusal = try #require(harness.deliver(invite, from: ChallengedCallerTests.stranger).last)
        for order in CallOrder.allCases {
            let frame = harness.core.beginListing(CallSelection(), in: order, at: harness.now)
            var keys = harness.core.keys(of: frame, from: 0, slots: 0, at: harness.now).keys
            #expect(keys.count == (order == .oldestFirst ? 1 : 0))
            if order == .oldestFirst {
                harness.deliver(
                    Messages.authorized(invite, answering: refusal), from: ChallengedCallerTests.stranger)
            }
            keys += harness.core.keys(of: frame, from: 0, slots: 8, at: harness.now).keys
            let rows = harness.core.rows(of: CallKey.sorted(keys), in: frame, at: harness.now)
            #expect(rows.map(\.state) == [.arComplete])
        }
    }

    @Test("pages of any size give the same listing", arguments: [1, 2, 7, 64, 1000])
    func pageSizes(_ slots: Int) throws {
        var harness = try SwitchHarness { $1.linger = .seconds(1) }
        for number in 0..<130 { _ = harness.connect("p\(number)") }
        for number in [3, 64, 65, 128] { harness.disconnectAndForget(UInt64(number)) }
        let rows = harness.rows(CallSelection(), slots: slots)
        #expect(rows == harness.rows)
        #expect(rows.count == 126)
    }

    @Test("a page beyond the last slot is empty and the last")
    func beyond() throws {
        var harness = try SwitchHarness()
        _ = harness.place("a")
        let frame = harness.core.beginListing(CallSelection(), in: .oldestFirst, at: harness.now)
        for position in [UInt32(1), 64, .max] {
            let page = harness.core.keys(of: frame, from: position, slots: 10, at: harness.now)
            #expect(page.keys.isEmpty && page.next == nil)
        }
    }
}
