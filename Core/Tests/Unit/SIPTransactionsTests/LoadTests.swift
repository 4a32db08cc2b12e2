import SIPMessages
import Testing
import Timeline

@testable import SIPTransactions

@Suite struct LoadTests {
    @Test("thousands of crossing transactions, answered, cancelled, lost and repeated at random, leave nothing behind")
    func storm() throws {
        var bench = Bench()
        var dice = IdentifierSource(seed: 99)
        var pending: [(ClientTransactionID, [UInt8])] = []
        var answerable: [(ServerTransactionID, TestRequest)] = []
        for round in 0..<4_000 {
            bench.now = bench.now + .milliseconds(dice.number(below: 40))
            bench.table.timeElapsed(at: bench.now, into: &bench.effects)
            let flow = dice.number(below: 4) == 0 ? stream : datagrams
            switch dice.number(below: 6) {
            case 0:
                pending.append(bench.send(dice.number(below: 2) == 0 ? .invite : .bye, over: flow))
            case 1:
                guard let (id, request) = pending.randomElement(using: &dice) else { continue }
                if dice.number(below: 4) == 0 { bench.table.cancel(id, at: bench.now, into: &bench.effects) }
                try bench.answer(request, [100, 180, 200, 200, 486][dice.number(below: 5)])
            case 2:
                let request = TestRequest(
                    method: dice.number(below: 2) == 0 ? "INVITE" : "OPTIONS",
                    via: "SIP/2.0/UDP h\(dice.number(below: 9));branch=z9hG4bK\(dice.number(below: 300))",
                    callID: "c\(round / 3)")
                if let id = try bench.receive(request, from: flow) { answerable.append((id, request)) }
            case 3:
                guard let (id, request) = answerable.randomElement(using: &dice) else { continue }
                let statuses: [StatusCode] = [.trying, .ringing, .ok, .busyHere]
                try bench.respond(id, to: request, statuses[dice.number(below: 4)])
            case 4:
                guard let (_, request) = answerable.randomElement(using: &dice) else { continue }
                _ = try bench.receive(request.changed { $0.method = dice.number(below: 2) == 0 ? "ACK" : "CANCEL" })
            default:
                guard dice.number(below: 20) == 0 else { continue }
                bench.table.flowClosed(stream, at: bench.now, into: &bench.effects)
            }
        }
        for (id, request) in answerable { try bench.respond(id, to: request, .busyHere) }
        for (id, _) in pending { bench.table.cancel(id, at: bench.now, into: &bench.effects) }
        _ = bench.run(until: milliseconds(bench.now) + 70_000)
        for (id, _) in pending where bench.table.isPending(id) { bench.table.abandon(id) }
        _ = bench.run(until: milliseconds(bench.now) + 70_000)
        #expect(bench.isEmpty)
    }

    @Test("a thousand transactions that linger, one each millisecond, are forgotten at sixteen wake-ups")
    func wakeUps() throws {
        var bench = Bench()
        for number in 0..<1_000 {
            bench.now = at(number)
            let invite = TestRequest(via: "SIP/2.0/UDP h;branch=z9hG4bK\(number)", callID: "c\(number)")
            let bye = invite.changed { ($0.method, $0.to, $0.cSeq) = ("BYE", "<sip:bob@switch>;tag=ours", 2) }
            for request in [invite, bye] {
                let id = try #require(try bench.receive(request))
                try bench.respond(id, to: request, .ok)
            }
        }
        var wakeUps = 0
        while let next = bench.table.nextDeadline {
            bench.now = max(bench.now, next)
            bench.table.timeElapsed(at: bench.now, into: &bench.effects)
            wakeUps += 1
        }
        #expect(bench.isEmpty)
        #expect((15...16).contains(wakeUps))
    }

    @Test("a lingering transaction takes at most 600 bytes with its response")
    func memory() throws {
        let generation = 8
        let deadline = 32
        let indexEntry = 2 * 16
        let fixed =
            MemoryLayout<ServerSlot?>.stride + MemoryLayout<ServerIdentity>.stride + generation + deadline + 2
            * indexEntry
        var bench = Bench()
        let bye = TestRequest(method: "BYE", to: "<sip:bob@switch>;tag=ours")
        let id = try #require(try bench.receive(bye))
        try bench.respond(id, to: bye, .ok)
        #expect(fixed + 32 + bench.table.storedByteCount <= 600)
        #expect(MemoryLayout<ServerSlot?>.stride <= 176)
        #expect(MemoryLayout<ClientSlot?>.stride <= 160)
        #expect(MemoryLayout<InviteClientTransaction>.size <= 40)
    }
}
