import Addresses
import SIPMessages
import Testing
import Timeline

@testable import SIPTransactions

@Suite("The table's server side") struct ServerTableTests {
    private let invite = TestRequest()
    private let ack = TestRequest(method: "ACK", to: "<sip:bob@switch>;tag=ours")

    @Test("an INVITE reaches the user once; repetitions get the last provisional response")
    func provisional() throws {
        var bench = Bench()
        let id = try #require(try bench.receive(invite))
        #expect(bench.story() == ["request invite"])
        _ = try bench.receive(invite)
        #expect(bench.story() == [])
        try bench.respond(id, to: invite, .trying)
        try bench.respond(id, to: invite, .ringing)
        #expect(bench.story() == ["send SIP/2.0 100 Trying", "send SIP/2.0 180 Ringing"])
        _ = try bench.receive(invite)
        #expect(bench.story() == ["send SIP/2.0 180 Ringing"])
        #expect(bench.table.nextDeadline == nil)
        #expect(bench.table.isPending(id))
    }

    @Test("a 2xx is repeated by its user only, repeated INVITEs are absorbed, and nothing stays after 32 s")
    func success() throws {
        var bench = Bench()
        let id = try #require(try bench.receive(invite))
        bench.table.setUser(.init(rawValue: 5), of: id)
        #expect(bench.table.user(of: id) == .init(rawValue: 5))
        try bench.respond(id, to: invite, .trying)
        try bench.respond(id, to: invite, .ok)
        #expect(!bench.table.isPending(id))
        bench.effects = []
        _ = try bench.receive(invite)
        #expect(bench.story() == [])
        try bench.respond(id, to: invite, .ok)
        #expect(bench.story() == ["send SIP/2.0 200 OK"])
        try bench.respond(id, to: invite, .busyHere)
        #expect(bench.story() == [])
        #expect(bench.run() == [])
        #expect(bench.isEmpty)
    }

    @Test("an accepted INVITE keeps no bytes while it lingers")
    func acceptedIsLight() throws {
        var bench = Bench()
        let id = try #require(try bench.receive(invite))
        try bench.respond(id, to: invite, .ringing)
        #expect(bench.table.storedByteCount > 0)
        try bench.respond(id, to: invite, .ok)
        #expect(bench.table.storedByteCount == 0)
        #expect(bench.table.count == 1)
        try bench.respond(id, to: invite, .ok)
        #expect(bench.table.storedByteCount == 0)
    }

    @Test("an ACK to a 2xx goes up with the user if it has the branch of the INVITE, else without")
    func acknowledgementOfSuccess() throws {
        var bench = Bench()
        let id = try #require(try bench.receive(invite))
        bench.table.setUser(.init(rawValue: 5), of: id)
        _ = try bench.receive(ack)
        try bench.respond(id, to: invite, .ok)
        bench.effects = []
        _ = try bench.receive(ack)
        _ = try bench.receive(ack.changed { $0.via = "SIP/2.0/UDP 127.0.0.2:5070;branch=z9hG4bKtwo" })
        #expect(bench.story() == ["ack for 5", "ack for 0"])
        #expect(bench.table.serverCount == 1)
    }

    @Test("an unacknowledged failure is repeated at 0.5, 1.5, 3.5, 7.5 s and every 4 s, and stops at 32 s")
    func unacknowledged() throws {
        var bench = Bench()
        let id = try #require(try bench.receive(invite))
        bench.table.setUser(.init(rawValue: 5), of: id)
        try bench.respond(id, to: invite, .busyHere)
        bench.effects = []
        let times = [500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]
        let line = "send SIP/2.0 486 Busy Here"
        #expect(bench.run() == times.map { Step($0, line) } + [Step(32_000, "unacknowledged 5")])
        #expect(bench.isEmpty)
    }

    @Test("the ACK to a failure ends the repetitions and is absorbed for 5 s")
    func acknowledgementOfFailure() throws {
        var bench = Bench()
        let id = try #require(try bench.receive(invite))
        try bench.respond(id, to: invite, .busyHere)
        #expect(bench.table.storedByteCount > 0)
        bench.effects = []
        _ = try bench.receive(invite)
        #expect(bench.story() == ["send SIP/2.0 486 Busy Here"])
        _ = try bench.receive(ack)
        _ = try bench.receive(ack)
        _ = try bench.receive(invite)
        #expect(bench.story() == [])
        #expect(bench.table.storedByteCount == 0)
        #expect(bench.table.nextDeadline == at(5_000).nextClearance)
        #expect(bench.run() == [])
        #expect(bench.isEmpty)
    }

    @Test("over a stream a failure is sent once, and its ACK ends the transaction")
    func reliableFailure() throws {
        var bench = Bench()
        let invite = invite.changed { $0.via = "SIP/2.0/TCP 127.0.0.2:5070;branch=z9hG4bKone" }
        let ack = ack.changed { $0.via = invite.via }
        let id = try #require(try bench.receive(invite, from: stream))
        try bench.respond(id, to: invite, .busyHere)
        bench.effects = []
        #expect(bench.run(until: 31_999) == [])
        _ = try bench.receive(ack, from: stream)
        #expect(bench.story() == [])
        #expect(bench.isEmpty)
    }

    @Test("a request other than INVITE is answered again for 32 s from bytes that reserve little more than they hold")
    func nonInvite() throws {
        var bench = Bench()
        let bye = TestRequest(method: "BYE", to: "<sip:bob@switch>;tag=ours")
        let id = try #require(try bench.receive(bye))
        bench.effects = []
        _ = try bench.receive(bye)
        #expect(bench.story() == [])
        try bench.respond(id, to: bye, .ok)
        guard case .transmit(let response, _) = bench.take()[0] else { return }
        #expect(bench.table.storedByteCount <= response.count + response.count / 8 + 64)
        _ = bench.run(until: 31_900)
        _ = try bench.receive(bye)
        try bench.respond(id, to: bye, .serverInternalError)
        #expect(bench.story() == ["send SIP/2.0 200 OK"])
        #expect(bench.run() == [])
        #expect(bench.isEmpty)
    }

    @Test("over a stream an answered request is forgotten at once")
    func reliableNonInvite() throws {
        var bench = Bench()
        let bye = TestRequest(method: "BYE", to: "<sip:bob@switch>;tag=ours")
        let id = try #require(try bench.receive(bye, from: stream))
        try bench.respond(id, to: bye, .ok)
        #expect(bench.isEmpty)
    }

    @Test("a CANCEL is answered with 200 and reaches the user of the unanswered INVITE")
    func cancel() throws {
        var bench = Bench()
        let cancel = TestRequest(method: "CANCEL")
        let id = try #require(try bench.receive(invite))
        bench.table.setUser(.init(rawValue: 5), of: id)
        try bench.respond(id, to: invite, .ringing)
        bench.effects = []
        _ = try bench.receive(cancel)
        let effects = bench.take()
        #expect(effects.map(Bench.name) == ["send SIP/2.0 200 OK", "cancelled 5"])
        guard case .transmit(let response, datagrams) = effects[0] else { return #expect(Bool(false)) }
        #expect(field("To", response)?.hasPrefix("<sip:bob@switch>;tag=") == true)
        _ = try bench.receive(cancel)
        guard case .transmit(response, _) = try #require(bench.take().first) else { return #expect(Bool(false)) }
        try bench.respond(id, to: invite, .requestTerminated)
        #expect(bench.story() == ["send SIP/2.0 487 Request Terminated"])
        _ = try bench.receive(ack)
        #expect(bench.run() == [])
        #expect(bench.isEmpty)
    }

    @Test("a CANCEL that comes after the final response is answered with 200 and changes nothing")
    func lateCancel() throws {
        var bench = Bench()
        let id = try #require(try bench.receive(invite))
        try bench.respond(id, to: invite, .ok)
        bench.effects = []
        _ = try bench.receive(TestRequest(method: "CANCEL"))
        #expect(bench.story() == ["send SIP/2.0 200 OK"])
        _ = bench.run()
        #expect(bench.isEmpty)
    }

    @Test("a CANCEL for nothing is answered with 481 and leaves nothing behind")
    func strayCancel() throws {
        var bench = Bench()
        _ = try bench.receive(TestRequest(method: "CANCEL"))
        #expect(bench.story() == ["send SIP/2.0 481 Call/Transaction Does Not Exist"])
        #expect(bench.isEmpty)
    }

    @Test(
        "branch and sent-by decide: another branch, host or port is another transaction, letter case of the host is not"
    )
    func matching() throws {
        var bench = Bench()
        let first = invite.changed { $0.via = "SIP/2.0/UDP Client.example:5070;branch=z9hG4bKone" }
        _ = try bench.receive(first)
        bench.effects = []
        for via in [
            "client.example:5071;branch=z9hG4bKone", "client2.example:5070;branch=z9hG4bKone",
            "client.example:5070;branch=z9hG4bKonf", "client.example;branch=z9hG4bKone",
        ] {
            let other = first.changed {
                $0.via = "SIP/2.0/UDP " + via
                $0.callID = via
            }
            _ = try bench.receive(other)
            #expect(bench.story() == ["request invite"])
        }
        _ = try bench.receive(first.changed { $0.via = "SIP/2.0/UDP cLIENT.Example:5070;rport;branch=z9hG4bKone" })
        _ = try bench.receive(first.changed { $0.method = "OPTIONS" })
        #expect(bench.story() == ["request options"])
    }

    @Test("a copy of a live request over another path is answered with 482 in a transaction of its own")
    func merged() throws {
        var bench = Bench()
        _ = try bench.receive(invite)
        bench.effects = []
        let copy = invite.changed { $0.via = "SIP/2.0/UDP 127.0.0.2:5070;branch=z9hG4bKtwo" }
        _ = try bench.receive(copy)
        #expect(bench.story() == ["send SIP/2.0 482 Loop Detected"])
        _ = try bench.receive(copy)
        #expect(bench.story() == ["send SIP/2.0 482 Loop Detected"])
        _ = try bench.receive(ack.changed { $0.via = copy.via })
        #expect(bench.story() == [])
        #expect(bench.run() == [])
        #expect(bench.table.serverCount == 1)
    }

    @Test("requests in a dialog, other numbers, callers or calls, and copies of what is over are not merged")
    func notMerged() throws {
        var bench = Bench()
        let id = try #require(try bench.receive(invite))
        let copy = invite.changed { $0.via = "SIP/2.0/UDP 127.0.0.2:5070;branch=z9hG4bKtwo" }
        let others = [
            copy.changed { $0.to = "<sip:bob@switch>;tag=ours" },
            copy.changed { ($0.cSeq, $0.via) = (2, "SIP/2.0/UDP 127.0.0.2:5070;branch=z9hG4bK3") },
            copy.changed { ($0.callID, $0.via) = ("call-2", "SIP/2.0/UDP 127.0.0.2:5070;branch=z9hG4bK4") },
            copy.changed { ($0.from, $0.via) = ("<sip:a@b>;tag=x", "SIP/2.0/UDP 127.0.0.2:5070;branch=z9hG4bK5") },
            copy.changed { ($0.method, $0.via) = ("OPTIONS", "SIP/2.0/UDP 127.0.0.2:5070;branch=z9hG4bK6") },
        ]
        bench.effects = []
        for other in others { #expect(try bench.receive(other) != nil) }
        bench.table.abandon(id)
        #expect(try bench.receive(copy.changed { $0.via += "7" }) != nil)
    }

    @Test("responses go back to the source, to the Via's port unless rport asks for the source's")
    func responseFlow() throws {
        let message = { (via: String) in try TestRequest(via: via).message }
        func port(_ via: String, _ flow: Flow = datagrams) throws -> UInt16 {
            let target = flow.forResponses(to: try message(via))
            #expect(target.remote.address == flow.remote.address)
            return target.remote.port
        }
        #expect(try port("SIP/2.0/UDP client:7000;branch=z9hG4bKone") == 7000)
        #expect(try port("SIP/2.0/UDP client;branch=z9hG4bKone") == 5060)
        #expect(try port("SIP/2.0/UDP client:7000;rport;branch=z9hG4bKone") == 5070)
        #expect(try port("SIP/2.0/UDP client:7000;rport=9;branch=z9hG4bKone") == 5070)
        #expect(try port("SIP/2.0/TCP client:7000;branch=z9hG4bKone", stream) == 5070)
    }

    @Test("a response that could not be sent is told to the user; an INVITE goes on unless its failure was lost")
    func responseFailed() throws {
        var bench = Bench()
        let id = try #require(try bench.receive(invite))
        bench.table.setUser(.init(rawValue: 5), of: id)
        bench.effects = []
        try bench.respond(id, to: invite, .ringing)
        guard case .transmit(let ringing, _) = bench.take()[0] else { return }
        bench.table.sendFailed(ringing, at: bench.now, into: &bench.effects)
        #expect(bench.story() == ["response failed 5"])
        #expect(bench.table.isPending(id))
        try bench.respond(id, to: invite, .busyHere)
        guard case .transmit(let busy, _) = bench.take()[0] else { return }
        bench.table.sendFailed(busy, at: bench.now, into: &bench.effects)
        #expect(bench.story() == ["response failed 5"])
        #expect(bench.isEmpty)
    }

    @Test("an abandoned server transaction is gone without an answer")
    func abandon() throws {
        var bench = Bench()
        let id = try #require(try bench.receive(invite))
        bench.effects = []
        bench.table.abandon(id)
        try bench.respond(id, to: invite, .ok)
        #expect(bench.story() == [])
        #expect(bench.table.user(of: id) == nil)
        #expect(bench.isEmpty)
    }
}
