import Accounting
import Addresses
import CallControl
import SIPMessages
import SwitchEngine
import SwitchRuntime
import Testing

/// Listing and ending many calls of a running switch.
@Suite struct CallOperatorTests {
    static let count = 200
    /// Calls that are set up and ended at once: what the kernel keeps for a busy switch is bounded, and nobody here sends
    /// anything twice.
    static let step = 20

    /// A switch with `count` calls that ring.
    private static func ringing() async throws -> (RunningSwitch, caller: UDPParty, vendor: UDPParty) {
        let caller = try UDPParty(at: callerAddress)
        let vendor = try UDPParty(at: vendorAddress)
        let running = try await RunningSwitch(vendors: [vendor.local])
        for begun in stride(from: 0, to: count, by: step) {
            for number in begun..<begun + step { place("r\(number)", caller, running) }
            let heard = await vendor.heard.events { invitations(among: $0).count >= begun + step }
            for invitation in invitations(among: heard).suffix(step) {
                vendor.say(try Heard([invitation], "INVITE").answer("180 Ringing", from: vendor.local), to: running.udp)
            }
            _ = await caller.heard.events { $0.count { $0.status == .ringing } >= begun + step }
        }
        return (running, caller, vendor)
    }

    private static func place(_ callID: String, _ caller: UDPParty, _ running: RunningSwitch) {
        let text = invite(to: running.udp, callID: callID, via: "UDP \(caller.local)", contact: caller.local)
        caller.say(text, to: running.udp)
    }

    /// The INVITEs, each once.
    private static func invitations(among messages: [SIPMessage]) -> [SIPMessage] {
        var seen: Set<[UInt8]> = []
        return messages.filter { $0.method == .invite && $0.isRequest && seen.insert($0.copy($0.callID)).inserted }
    }

    @Test("pages are small, in order and together the whole listing", .timeLimit(.minutes(5)))
    func pages() async throws {
        let (running, _, _) = try await Self.ringing()
        var rows: [CallSnapshot] = []
        for await page in running.service.callPages(CallSelection(.active), in: .oldestLast) {
            #expect((1...64).contains(page.count))
            rows += page
        }
        let expected = rows.sorted { ($1.setupMilliseconds, $0.id) < ($0.setupMilliseconds, $1.id) }
        #expect(rows.map(\.id) == expected.map(\.id))
        #expect(Set(rows.map(\.id)) == Set(1...UInt64(Self.count)))
        #expect(await running.service.callCount(CallSelection(.active)) == Self.count)
        #expect(
            await running.service.accountStatistics(of: 1) == [
                AccountCallStatistics(account: 3, total: Self.count, connected: 0)
            ])
        try await running.service.stop()
        #expect(await running.service.calls().isEmpty)
        #expect(await running.service.accountStatistics(of: 1).isEmpty)
        #expect(await running.service.disconnect(1, by: .api) == false)
        #expect(await running.service.disconnectAll(CallSelection(.live), by: .api, pace: .operators) == 0)
    }

    /// The vendor answers what the switch has cancelled; the records that come of it.
    @discardableResult
    private static func terminate(_ vendor: UDPParty, _ running: RunningSwitch) async throws -> [CallDetailRecord] {
        var records: [CallDetailRecord] = []
        for (ended, invitation) in invitations(among: vendor.heard.events).prefix(count).enumerated() {
            let request = try Heard([invitation], "INVITE")
            vendor.say(request.answer("487 Request Terminated", from: vendor.local), to: running.udp)
            if (ended + 1).isMultiple(of: step) { records = await running.records.events(atLeast: ended + 1) }
        }
        return records
    }

    private static let pace = DisconnectPace(batch: 7, interval: .milliseconds(1))

    @Test("of two that end all calls at once each ends the calls that the other one did not", .timeLimit(.minutes(5)))
    func twoAsk() async throws {
        let (running, _, vendor) = try await Self.ringing()
        async let first = running.service.disconnectAll(CallSelection(.live), by: .api, pace: Self.pace)
        async let second = running.service.disconnectAll(CallSelection(.live), by: .api, pace: Self.pace)
        let counts = await (first, second)
        #expect(counts.0 + counts.1 == Self.count)
        #expect(await running.service.calls(CallSelection(.live)).isEmpty)
        try await Self.terminate(vendor, running)
        try await running.service.stop()
        #expect(Set(running.records.events.map(\.call)).count == Self.count)
    }

    @Test("all are ended in batches, and a call that comes meanwhile goes on", .timeLimit(.minutes(5)))
    func disconnectAll() async throws {
        let (running, caller, vendor) = try await Self.ringing()
        async let ended = running.service.disconnectAll(CallSelection(.live), by: .api, pace: Self.pace)
        _ = try await caller.hear("SIP/2.0 480")
        Self.place("late", caller, running)
        // It rings, so that no timer ends it however long the others take.
        let invited = await vendor.heard.events { Self.invitations(among: $0).count > Self.count }
        let last = try Heard(Array(Self.invitations(among: invited).suffix(1)), "INVITE")
        vendor.say(last.answer("180 Ringing", from: vendor.local), to: running.udp)
        #expect(await ended == Self.count)
        _ = await caller.heard.events {
            Set($0.filter { $0.status?.rawValue == 480 }.map { $0.copy($0.callID) }).count == Self.count
        }
        _ = await vendor.heard.events {
            Set($0.filter { $0.method == .cancel }.map { $0.copy($0.callID) }).count == Self.count
        }
        let late = await running.service.calls(CallSelection(.live))
        #expect(late.map { String(decoding: $0.callID, as: UTF8.self) } == ["late"])
        let records = try await Self.terminate(vendor, running)
        #expect(records.allSatisfy { $0.ending.endedBy == .api && $0.ending.status == 480 })
        #expect(Set(records.map(\.call)).count == Self.count)
        try await running.service.stop()
    }
}
