import Addresses
import SIPMessages
import Testing
import Timeline

@testable import SIPTransactions

@Suite("The table's client side") struct ClientTableTests {
    @Test("an INVITE to a black hole is sent seven times and given up at 32 s, and nothing stays")
    func inviteBlackHole() {
        var bench = Bench()
        let line = "send INVITE sip:bob@callee SIP/2.0"
        _ = bench.send(.invite)
        #expect(bench.story() == [line])
        let times = [500, 1500, 3500, 7500, 15_500, 31_500]
        #expect(bench.run() == times.map { Step($0, line) } + [Step(32_000, "timed out 7")])
        #expect(bench.isEmpty)
    }

    @Test("a BYE to a black hole is sent eleven times and given up at 32 s, and nothing stays")
    func byeBlackHole() {
        var bench = Bench()
        let line = "send BYE sip:bob@callee SIP/2.0"
        _ = bench.send(.bye)
        #expect(bench.story() == [line])
        let times = [500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]
        #expect(bench.run() == times.map { Step($0, line) } + [Step(32_000, "timed out 7")])
        #expect(bench.isEmpty)
    }

    @Test("over a stream nothing is ever sent twice")
    func reliable() throws {
        var bench = Bench()
        _ = bench.send(.invite, over: stream)
        _ = bench.send(.options, over: stream, user: 8)
        #expect(bench.story().count == 2)
        #expect(bench.run() == [Step(32_000, "timed out 7"), Step(32_000, "timed out 8")])
        #expect(bench.isEmpty)
    }

    @Test("every repetition carries the same bytes on the same flow")
    func sameBytes() throws {
        var bench = Bench()
        let (_, request) = bench.send(.invite)
        bench.effects = []
        bench.table.timeElapsed(at: at(500), into: &bench.effects)
        let effect = try #require(bench.effects.first)
        guard case .transmit(let bytes, let flow) = effect else { return #expect(Bool(false)) }
        #expect(bytes == request)
        #expect(flow == datagrams)
    }

    @Test("provisional responses stop the repetitions and go to the user with the 2xx and its repetitions")
    func success() throws {
        var bench = Bench()
        let (id, request) = bench.send(.invite)
        #expect(bench.table.request(of: id) == request)
        try bench.answer(request, 100)
        try bench.answer(request, 180)
        #expect(bench.run(until: 100_000) == [])
        bench.effects = []
        try bench.answer(request, 200)
        #expect(bench.table.request(of: id) == nil)
        try bench.answer(request, 200)
        try bench.answer(request, 200, tag: "fork")
        try bench.answer(request, 180)
        try bench.answer(request, 486)
        #expect(bench.story() == Array(repeating: "response 200 for 7", count: 3))
        #expect(bench.run() == [])
        #expect(bench.now == at(1_000_000))
        #expect(bench.isEmpty)
    }

    @Test("an accepted INVITE keeps no bytes while it lingers for 32 s")
    func acceptedIsLight() throws {
        var bench = Bench()
        let (_, request) = bench.send(.invite)
        #expect(bench.table.storedByteCount >= request.count)
        try bench.answer(request, 200)
        #expect(bench.table.storedByteCount == 0)
        #expect(bench.table.count == 1)
        #expect(bench.table.nextDeadline == at(32_000).nextClearance)
    }

    @Test("an answered BYE keeps no bytes while it lingers for 5 s")
    func completedIsLight() throws {
        var bench = Bench()
        let (_, request) = bench.send(.bye)
        try bench.answer(request, 200)
        #expect(bench.table.storedByteCount == 0)
        #expect(bench.table.nextDeadline == at(5_000).nextClearance)
        bench.effects = []
        try bench.answer(request, 200)
        #expect(bench.story() == [])
        #expect(bench.run() == [])
        #expect(bench.isEmpty)
    }

    @Test("a failure is acknowledged with what the INVITE and the response say, and again when it is repeated")
    func acknowledgement() throws {
        var bench = Bench()
        let (_, request) = bench.send(.invite, extra: "Route: <sip:p1;lr>,\n <sip:p2;lr>\nRoute: <sip:p3;lr>\n")
        bench.effects = []
        try bench.answer(request, 486)
        let effects = bench.take()
        #expect(effects.map(Bench.name) == ["send ACK sip:bob@callee SIP/2.0", "response 486 for 7"])
        guard case .transmit(let bytes, let flow) = effects[0] else { return }
        #expect(flow == datagrams)
        let via = try #require(field("Via", request))
        #expect(
            text(bytes) == """
                ACK sip:bob@callee SIP/2.0
                Via: \(via)
                Max-Forwards: 70
                Route: <sip:p1;lr>, <sip:p2;lr>
                Route: <sip:p3;lr>
                From: "A" <sip:alice@switch>;tag=ours
                To: <sip:bob@callee>;tag=theirs
                Call-ID: leg-b
                CSeq: 20 ACK
                Content-Length: 0


                """)
        try bench.answer(request, 486)
        let again = bench.take()
        #expect(again.count == 1)
        guard case .transmit(bytes, _) = again[0] else { return #expect(Bool(false)) }
        #expect(bench.table.storedByteCount <= bytes.count + bytes.count / 8 + 64)
        #expect(bench.run() == [])
        #expect(bench.isEmpty)
    }

    @Test("a failure over a stream is acknowledged once and the transaction is over")
    func acknowledgementOverStream() throws {
        var bench = Bench()
        let (_, request) = bench.send(.invite, over: stream)
        try bench.answer(request, 603)
        #expect(bench.isEmpty)
    }

    @Test("a CANCEL waits for a provisional response and says what the INVITE says")
    func cancel() throws {
        var bench = Bench()
        let (id, request) = bench.send(.invite, extra: "Route: <sip:p1;lr>\n")
        bench.effects = []
        bench.table.cancel(id, at: bench.now, into: &bench.effects)
        #expect(bench.effects.isEmpty)
        try bench.answer(request, 100)
        bench.table.cancel(id, at: bench.now, into: &bench.effects)
        let effects = bench.take()
        #expect(effects.map(Bench.name) == ["response 100 for 7", "send CANCEL sip:bob@callee SIP/2.0"])
        guard case .transmit(let bytes, _) = effects[1] else { return }
        let via = try #require(field("Via", request))
        #expect(
            text(bytes) == """
                CANCEL sip:bob@callee SIP/2.0
                Via: \(via)
                Max-Forwards: 70
                Route: <sip:p1;lr>
                From: "A" <sip:alice@switch>;tag=ours
                To: <sip:bob@callee>
                Call-ID: leg-b
                CSeq: 20 CANCEL
                Content-Length: 0


                """)
        try bench.answer(bytes, 200)
        #expect(bench.story() == [])
        try bench.answer(request, 487)
        #expect(bench.story() == ["send ACK sip:bob@callee SIP/2.0", "response 487 for 7"])
        #expect(bench.run() == [])
        #expect(bench.isEmpty)
    }

    @Test("a CANCEL is repeated until it is answered; without a 487 the leg is free 32 s after it")
    func cancelWithoutFinal() throws {
        var bench = Bench()
        let (id, request) = bench.send(.invite)
        try bench.answer(request, 180)
        _ = bench.run(until: 10_000)
        bench.effects = []
        bench.table.cancel(id, at: bench.now, into: &bench.effects)
        let line = "send CANCEL sip:bob@callee SIP/2.0"
        let effects = bench.take()
        #expect(effects.map(Bench.name) == [line])
        guard case .transmit(let bytes, _) = effects[0] else { return }
        #expect(bench.run(until: 11_600) == [Step(10_500, line), Step(11_500, line)])
        try bench.answer(bytes, 200)
        #expect(bench.story() == [])
        #expect(bench.run() == [Step(42_000, "timed out 7")])
        #expect(bench.isEmpty)
    }

    @Test("a CANCEL that nobody answers ends with its INVITE")
    func cancelIntoBlackHole() throws {
        var bench = Bench()
        let (id, request) = bench.send(.invite)
        try bench.answer(request, 180)
        bench.table.cancel(id, at: bench.now, into: &bench.effects)
        bench.effects = []
        let steps = bench.run()
        #expect(steps.dropLast().allSatisfy { $0.effect.hasPrefix("send CANCEL") })
        #expect(steps.dropLast().count == 10)
        #expect(steps.last == Step(32_000, "timed out 7"))
        #expect(bench.isEmpty)
    }

    @Test("a 2xx that crosses the CANCEL goes to the user")
    func cancelCrossing() throws {
        var bench = Bench()
        let (id, request) = bench.send(.invite)
        try bench.answer(request, 180)
        bench.table.cancel(id, at: bench.now, into: &bench.effects)
        bench.effects = []
        try bench.answer(request, 200)
        #expect(bench.story() == ["response 200 for 7"])
        bench.table.cancel(id, at: bench.now, into: &bench.effects)
        #expect(bench.story() == [])
        _ = bench.run()
        #expect(bench.isEmpty)
    }

    @Test("only INVITE can be cancelled")
    func cancelOfBye() throws {
        var bench = Bench()
        let (id, request) = bench.send(.bye)
        try bench.answer(request, 100)
        bench.effects = []
        bench.table.cancel(id, at: bench.now, into: &bench.effects)
        #expect(bench.story() == [])
    }

    @Test(
        "responses with a forged shard, slot, generation, nonce, method, length or second Via match nothing",
        arguments: ["shard", "slot", "generation", "nonce", "method", "short", "long", "capitals", "via"])
    func forgery(kind: String) throws {
        var bench = Bench()
        let (id, request) = bench.send(.invite)
        var branch: [UInt8] = []
        bench.table.appendBranch(of: id, to: &branch)
        let genuine = text(branch)
        #expect(genuine.count == TransactionBranch.length)
        func replaced(_ offset: Int) -> String {
            var forged = branch
            forged[offset] = forged[offset] == UInt8(ascii: "b") ? UInt8(ascii: "c") : UInt8(ascii: "b")
            return text(forged)
        }
        bench.effects = []
        try bench.answer(request, 200) { response in
            switch kind {
            case "shard": swap(response, genuine, replaced(8))
            case "slot": swap(response, genuine, replaced(14))
            case "generation": swap(response, genuine, replaced(21))
            case "nonce": swap(response, genuine, replaced(29))
            case "short": swap(response, genuine, String(genuine.dropLast()))
            case "long": swap(response, genuine, genuine + "a")
            case "capitals": swap(response, genuine, "z9hG4bK" + genuine.dropFirst(7).uppercased())
            case "method": swap(response, "20 INVITE", "20 BYE")
            default: swap(response, "From:", "Via: SIP/2.0/UDP elsewhere;branch=z9hG4bKother\nFrom:")
            }
        }
        #expect(bench.story() == [])
        try bench.answer(request, 200)
        #expect(bench.story() == ["response 200 for 7"])
    }

    @Test("a branch of a transaction that is over matches nothing, also when its slot is used again")
    func staleBranch() throws {
        var bench = Bench()
        let (_, first) = bench.send(.bye, user: 1)
        try bench.answer(first, 200)
        _ = bench.run()
        let (id, _) = bench.send(.bye, user: 2)
        #expect(id.handle.index == 0)
        bench.effects = []
        try bench.answer(first, 200)
        #expect(bench.story() == [])
        #expect(bench.table.isPending(id))
    }

    @Test("a closed stream fails what waits on it and nothing else")
    func flowClosed() throws {
        var bench = Bench()
        var other = stream
        other.stream = 10
        var unopened = stream
        unopened.stream = 0
        _ = bench.send(.invite, over: stream, user: 1)
        _ = bench.send(.options, over: stream, user: 2)
        _ = bench.send(.options, over: other, user: 3)
        _ = bench.send(.options, over: datagrams, user: 4)
        _ = bench.send(.options, over: unopened, user: 5)
        let (_, answered) = bench.send(.invite, over: stream, user: 6)
        try bench.answer(answered, 200)
        bench.effects = []
        bench.table.flowClosed(stream, at: bench.now, into: &bench.effects)
        #expect(Set(bench.story()) == ["failed 1", "failed 2", "failed 5"])
        #expect(bench.table.clientCount == 3)
        bench.table.flowClosed(stream, at: bench.now, into: &bench.effects)
        #expect(bench.story() == [])
        _ = bench.run()
        #expect(bench.isEmpty)
    }

    @Test("a request that could not be sent fails at once, and so does an ACK that could not")
    func sendFailed() throws {
        var bench = Bench()
        let (_, bye) = bench.send(.bye, user: 1)
        let (_, invite) = bench.send(.invite, user: 2)
        bench.effects = []
        try bench.answer(invite, 500)
        guard case .transmit(let acknowledgement, _) = bench.take()[0] else { return }
        bench.table.sendFailed(bye, at: bench.now, into: &bench.effects)
        bench.table.sendFailed(acknowledgement, at: bench.now, into: &bench.effects)
        bench.table.sendFailed(bye, at: bench.now, into: &bench.effects)
        bench.table.sendFailed(bytes("garbage"), at: bench.now, into: &bench.effects)
        #expect(bench.story() == ["failed 1", "failed 2"])
        #expect(bench.isEmpty)
    }

    @Test("the beginning of a request is enough to know which one could not be sent")
    func beginningSendFailed() throws {
        var bench = Bench()
        let (_, first) = bench.send(.invite, user: 1)
        let (_, second) = bench.send(.bye, user: 2)
        bench.effects = []
        bench.table.sendFailed(Array(first.prefix(30)), at: bench.now, into: &bench.effects)
        #expect(bench.story() == [])
        bench.table.sendFailed(Array(first.prefix(first.count - 40)), at: bench.now, into: &bench.effects)
        bench.table.sendFailed(Array(second.prefix(second.count - 40)), at: bench.now, into: &bench.effects)
        #expect(bench.story() == ["failed 1", "failed 2"])
        #expect(bench.isEmpty)
    }

    @Test("a CANCEL that could not be sent leaves its INVITE waiting")
    func cancelSendFailed() throws {
        var bench = Bench()
        let (id, invite) = bench.send(.invite)
        try bench.answer(invite, 180)
        bench.effects = []
        bench.table.cancel(id, at: bench.now, into: &bench.effects)
        guard case .transmit(let cancel, _) = bench.take()[0] else { return }
        bench.table.sendFailed(cancel, at: bench.now, into: &bench.effects)
        #expect(bench.story() == [])
        #expect(bench.table.clientCount == 1)
        #expect(bench.run() == [Step(32_000, "timed out 7")])
        #expect(bench.isEmpty)
    }

    @Test("a reservation can be given back, and a sent request forgotten")
    func abandon() {
        var bench = Bench()
        let reserved = bench.table.reserveClientTransaction()
        bench.table.abandon(reserved)
        let (id, _) = bench.send(.invite, over: stream)
        bench.table.abandon(id)
        #expect(bench.isEmpty)
    }

    @Test("unbound branches are as long as bound ones, name the shard and differ")
    func unboundBranches() {
        var bench = Bench()
        var first: [UInt8] = []
        var second: [UInt8] = []
        bench.table.appendUnboundBranch(to: &first)
        bench.table.appendUnboundBranch(to: &second)
        #expect(first != second)
        let whole = ByteRange(offset: 0, count: UInt32(TransactionBranch.length))
        #expect(TransactionBranch.shard(of: whole, in: first) == 3)
        #expect(TransactionBranch.shard(of: whole, in: Array(second.dropLast())) == nil)
    }

    private func swap(_ text: String, _ old: String, _ new: String) -> String {
        guard let range = text.range(of: old) else { return text }
        return text.replacingCharacters(in: range, with: new)
    }
}

extension String {
    /// The first place of `other`.
    fileprivate func range(of other: String) -> Range<String.Index>? { firstRange(of: other) }

    fileprivate func replacingCharacters(in range: Range<String.Index>, with other: String) -> String {
        String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
    }
}
