import SIPMessages
import Testing
import Timeline

@testable import SIPTransactions

@Suite("Matching by the rules of RFC 2543") struct LegacyMatchingTests {
    private let invite = TestRequest(via: "SIP/2.0/UDP 127.0.0.2:5070;branch=1")
    private var ack: TestRequest {
        invite.changed {
            $0.method = "ACK"
            $0.to += ";tag=ours"
        }
    }

    @Test("the same Request-URI, tags, Call-ID, CSeq and top Via are the same transaction")
    func repetition() throws {
        for via in ["SIP/2.0/UDP 127.0.0.2:5070;branch=1", "SIP/2.0/UDP 127.0.0.2:5070"] {
            var bench = Bench()
            let invite = invite.changed { $0.via = via }
            let id = try #require(try bench.receive(invite))
            try bench.respond(id, to: invite, .trying)
            bench.effects = []
            _ = try bench.receive(invite)
            #expect(bench.story() == ["send SIP/2.0 100 Trying"])
        }
    }

    @Test("one of them different is another transaction")
    func others() throws {
        let changes: [(inout TestRequest) -> Void] = [
            { $0.uri = "sip:carol@switch" },
            { $0.from = "<sip:alice@client>;tag=other" },
            { $0.to = "<sip:bob@switch>;tag=known" },
            { $0.callID = "call-2" },
            { $0.cSeq = 2 },
        ]
        for change in changes {
            var bench = Bench()
            _ = try bench.receive(invite)
            let id = try bench.receive(invite.changed(change))
            #expect(id != nil || bench.table.serverCount == 2)
        }
        var bench = Bench()
        _ = try bench.receive(invite)
        bench.effects = []
        _ = try bench.receive(invite.changed { $0.via = "SIP/2.0/UDP 127.0.0.2:5070;branch=2" })
        #expect(bench.story() == ["send SIP/2.0 482 Loop Detected"])
    }

    @Test("an ACK belongs to the INVITE whose failure carried its To tag")
    func acknowledgement() throws {
        var bench = Bench()
        let id = try #require(try bench.receive(invite))
        try bench.respond(id, to: invite, .busyHere)
        bench.effects = []
        _ = try bench.receive(ack.changed { $0.to = "<sip:bob@switch>;tag=foreign" })
        #expect(bench.story() == ["ack for 0"])
        _ = try bench.receive(ack)
        #expect(bench.story() == [])
        #expect(bench.run() == [])
        #expect(bench.isEmpty)
    }

    @Test("a CANCEL finds its INVITE")
    func cancel() throws {
        var bench = Bench()
        let id = try #require(try bench.receive(invite))
        bench.table.setUser(.init(rawValue: 5), of: id)
        bench.effects = []
        _ = try bench.receive(invite.changed { $0.method = "CANCEL" })
        #expect(bench.story() == ["send SIP/2.0 200 OK", "cancelled 5"])
    }

    @Test("a cookie alone, without anything after it, is no branch to match by")
    func bareCookie() throws {
        var bench = Bench()
        let bare = invite.changed { $0.via = "SIP/2.0/UDP 127.0.0.2:5070;branch=z9hG4bK" }
        _ = try bench.receive(bare)
        bench.effects = []
        _ = try bench.receive(bare.changed { $0.callID = "call-2" })
        #expect(bench.story() == ["request invite"])
    }
}
