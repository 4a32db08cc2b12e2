import Addresses
import CallControl
import EventCollector
import PacketLoop
import SIPMessages
import SIPTransactions
import SIPTransports
import SwitchRuntime
import Testing

@Suite struct SwitchServiceTests {
    @Test("a call over UDP passes the switch from INVITE to its record", .timeLimit(.minutes(5)))
    func udpCall() async throws {
        let caller = try UDPParty(at: callerAddress)
        let vendor = try UDPParty(at: vendorAddress)
        let running = try await RunningSwitch(vendors: [vendor.local])
        caller.say(
            invite(to: running.udp, callID: "a", via: "UDP \(caller.local)", contact: caller.local), to: running.udp)
        let offered = try await vendor.hear("INVITE")
        #expect(offered.value(.via).contains("\(running.udp)"))
        vendor.say(offered.answer("180 Ringing", from: vendor.local), to: running.udp)
        _ = try await caller.hear("SIP/2.0 180")
        vendor.say(offered.answer("200 OK", from: vendor.local), to: running.udp)
        let answered = try await caller.hear("SIP/2.0 200")
        caller.say(answered.request("ACK", 1, via: "UDP \(caller.local)"), to: running.udp)
        _ = try await vendor.hear("ACK")
        #expect(await running.service.calls().map(\.state) == [.connected])
        #expect(await running.service.liveCallCount() == 1)

        caller.say(answered.request("BYE", 2, via: "UDP \(caller.local)"), to: running.udp)
        let bye = try await vendor.hear("BYE")
        vendor.say(bye.answer("200 OK", from: vendor.local), to: running.udp)
        let records = await running.records.events(atLeast: 1)
        #expect(records.count == 1)
        #expect(records.first?.ending.endedBy == .caller)
        await running.events.events { $0.last?.state == .dead }
        let traffic = await running.service.traffic()
        #expect(traffic.received == 6 && traffic.dropped == 0 && traffic.failed == 0)
        try await running.service.stop()
        #expect(await running.service.calls().isEmpty)
    }

    @Test("a caller over TCP is connected to a vendor over UDP, on one stream", .timeLimit(.minutes(5)))
    func tcpCall() async throws {
        let vendor = try UDPParty(at: vendorAddress)
        let running = try await RunningSwitch(vendors: [vendor.local])
        let heard = EventCollector<StreamEvent>()
        let caller = try await StreamTransport { heard.report(contentsOf: $0) }
        let flow = Flow(
            transport: .tcp, listener: 0, local: Endpoint(callerAddress, 5070), remote: running.tcp)
        let via = "TCP \(flow.local)"
        let text = invite(to: running.tcp, callID: "t", via: via, contact: flow.local)
        caller.submit([.send(Array(text.utf8), flow)])
        let offered = try await vendor.hear("INVITE")
        vendor.say(offered.answer("200 OK", from: vendor.local), to: running.udp)
        let answered = try Self.find("SIP/2.0 200", in: await heard.events { Self.has("SIP/2.0 200", in: $0) })
        caller.submit([.send(Array(answered.request("ACK", 1, via: via).utf8), flow)])
        _ = try await vendor.hear("ACK")
        vendor.say(Self.bye(from: offered, to: running.udp, vendor.local), to: running.udp)
        _ = try await vendor.hear("SIP/2.0 200")
        let ended = try Self.find("BYE", in: await heard.events { Self.has("BYE", in: $0) })
        caller.submit([.send(Array(ended.answer("200 OK", from: flow.local).utf8), flow)])
        #expect(await running.records.events(atLeast: 1).first?.ending.endedBy == .callee)
        #expect(Set(heard.events.map(\.flow)).count == 1)
        try await caller.shutDown()
        try await running.service.stop()
    }

    @Test(
        "a vendor over TCP is reached by one stream, which a dead one before it does not delay", .timeLimit(.minutes(5))
    )
    func tcpVendor() async throws {
        let caller = try UDPParty(at: callerAddress)
        let heard = EventCollector<StreamEvent>()
        let vendor = try await StreamTransport { heard.report(contentsOf: $0) }
        let vendorEndpoint = try await vendor.listen(on: Endpoint(vendorAddress, 0), listener: 0)
        let gone = try await StreamTransport { _ in }
        let deadEndpoint = try await gone.listen(on: Endpoint(vendorAddress, 0), listener: 0)
        try await gone.shutDown()
        let running = try await RunningSwitch(vendors: [deadEndpoint, vendorEndpoint], transport: .tcp)
        for number in 1...3 {
            caller.say(
                invite(to: running.udp, callID: "v\(number)", via: "UDP \(caller.local)", contact: caller.local),
                to: running.udp)
            let count = number
            let events = await heard.events { Self.count("INVITE", in: $0) == count }
            let offered = try Self.find("INVITE", in: events)
            #expect(offered.value(.via).contains("TCP \(running.tcp)"))
            vendor.submit([.send(Array(offered.answer("486 Busy Here", from: vendorEndpoint).utf8), events[0].flow)])
            let record = try #require(await running.records.events(atLeast: number).last)
            #expect(record.attempts.map(\.outcome) == [.unreachable, .answered])
        }
        #expect(Set(heard.events.map(\.flow)).count == 1)
        try await running.service.stop()
        try await vendor.shutDown()
    }

    @Test("a vendor whose port is closed is failed over at once", .timeLimit(.minutes(5)), arguments: [1, 900])
    func closedVendor(padding: Int) async throws {
        let caller = try UDPParty(at: callerAddress)
        let closed = try UDPSocket(binding: Endpoint(vendorAddress, 0))
        closed.close()
        let vendor = try UDPParty(at: vendorAddress)
        let running = try await RunningSwitch(vendors: [closed.local, vendor.local])
        let plain = invite(to: running.udp, callID: "f", via: "UDP \(caller.local)", contact: caller.local)
        let description =
            "v=0\r\no=a 1 1 IN IP4 127.0.0.2\r\ns=\(String(repeating: "x", count: padding))\r\n"
            + "c=IN IP4 127.0.0.2\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0\r\n"
        let head = "Content-Type: application/sdp\r\nContent-Length: \(description.utf8.count)"
        caller.say(plain.replacing("Content-Length: 0", with: head) + description, to: running.udp)
        let offered = try await vendor.hear("INVITE")
        vendor.say(offered.answer("486 Busy Here", from: vendor.local), to: running.udp)
        let record = try #require(await running.records.events(atLeast: 1).first)
        #expect(record.attempts.count == 2)
        #expect(record.attempts.map(\.outcome) == [.unreachable, .answered])
        try await running.service.stop()
    }

    @Test("a draining switch refuses new calls and says when to come back", .timeLimit(.minutes(5)))
    func draining() async throws {
        let caller = try UDPParty(at: callerAddress)
        let running = try await RunningSwitch(vendors: [Endpoint(vendorAddress, 9)])
        running.service.drain()
        #expect(await running.service.liveCallCount() == 0)
        caller.say(
            invite(to: running.udp, callID: "d", via: "UDP \(caller.local)", contact: caller.local), to: running.udp)
        let refused = try await caller.hear("SIP/2.0 503")
        #expect(Int(refused.value(.retryAfter)) != nil)
        #expect(await running.service.drained(within: .seconds(300)))
        try await running.service.stop()
    }

    @Test("stopping ends the calls in progress, with their records", .timeLimit(.minutes(5)))
    func stopping() async throws {
        let caller = try UDPParty(at: callerAddress)
        let vendor = try UDPParty(at: vendorAddress)
        let running = try await RunningSwitch(vendors: [vendor.local])
        caller.say(
            invite(to: running.udp, callID: "s", via: "UDP \(caller.local)", contact: caller.local), to: running.udp)
        let offered = try await vendor.hear("INVITE")
        vendor.say(offered.answer("200 OK", from: vendor.local), to: running.udp)
        let answered = try await caller.hear("SIP/2.0 200")
        caller.say(answered.request("ACK", 1, via: "UDP \(caller.local)"), to: running.udp)
        _ = try await vendor.hear("ACK")
        async let stopped: Void = running.service.stop()
        for party in [caller, vendor] {
            let bye = try await party.hear("BYE")
            party.say(bye.answer("200 OK", from: party.local), to: running.udp)
        }
        try await stopped
        #expect(running.records.events.map(\.ending.endedBy) == [.switch])
        try await retried { try UDPSocket(binding: running.udp).close() }
    }

    @Test("an address that is taken is named in the error, and nothing stays bound", .timeLimit(.minutes(5)))
    func takenAddress() async throws {
        let taken = try UDPSocket(binding: Endpoint(loopback, 0))
        let first = try UDPSocket(binding: Endpoint(loopback, 0))
        first.close()
        await #expect(throws: SwitchService.ListenError.self) {
            _ = try await RunningSwitch(
                vendors: [], listen: ["udp:\(first.local)", "tcp:127.0.0.1:0", "udp:\(taken.local)"])
        }
        try await retried { try UDPSocket(binding: first.local).close() }
        taken.close()
    }

    private static func has(_ start: String, in events: [StreamEvent]) -> Bool {
        (try? find(start, in: events)) != nil
    }

    private static func count(_ start: String, in events: [StreamEvent]) -> Int {
        events.count { has(start, in: [$0]) }
    }

    private static func find(_ start: String, in events: [StreamEvent]) throws -> Heard {
        let messages = events.compactMap { event -> SIPMessage? in
            if case .message(let bytes, _) = event { try? MessageParser.parse(bytes) } else { nil }
        }
        return try Heard(messages, start)
    }

    /// A BYE of the vendor in the dialog that `offered` began.
    private static func bye(from offered: Heard, to remote: Endpoint, _ vendor: Endpoint) -> String {
        let contact = offered.value(.contact).drop { $0 != "<" }.dropFirst().prefix { $0 != ">" }
        return lines(
            "BYE \(contact) SIP/2.0", "Via: SIP/2.0/UDP \(vendor);branch=z9hG4bKbye",
            "From: \(offered.value(.to));tag=callee",
            "To: \(offered.value(.from))", "Call-ID: \(offered.value(.callID))", "CSeq: 1 BYE", "Max-Forwards: 70")
    }
}
