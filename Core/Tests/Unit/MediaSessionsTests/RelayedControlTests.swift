import Addresses
import MediaSessions
import Testing
import Timeline

@Suite struct RelayedControlTests {
    private func control(_ bench: inout RelayBench, from source: Endpoint, to side: MediaSide = .caller) -> Endpoint? {
        bench.send(RelayBench.report, from: source, to: side, .rtcp)
    }

    @Test("RTCP goes between the ports after RTP's, also before RTP came")
    func besideRTP() {
        var bench = RelayBench()
        #expect(control(&bench, from: callerSDP.port(4_001)) == calleeSDP.port(6_001))
        #expect(control(&bench, from: calleeSDP.port(6_001), to: .callee) == callerSDP.port(4_001))
        #expect(control(&bench, from: stranger.port(4_001)) == nil)
        #expect(bench.relay.statistics(of: .caller).rejected == 1)
        #expect(bench.relay.statistics(of: .caller).controlPackets == 1)
    }

    @Test("RTCP goes where a=rtcp says, also to another host")
    func explicit() {
        var bench = RelayBench()
        let elsewhere = Endpoint(IPAddress(v4: 0xC000_0250), 9_999)
        bench.describe(.caller, callerSDP, rtcp: elsewhere)
        #expect(control(&bench, from: calleeSDP.port(6_001), to: .callee) == elsewhere)
        #expect(control(&bench, from: elsewhere) == calleeSDP.port(6_001))
    }

    @Test("RTCP of a NATed party is believed from the address of its locked RTP, from one port")
    func natted() {
        let nat = LatchingTests.nat
        var bench = RelayBench(callerSignalling: nat.address)
        #expect(control(&bench, from: nat.port(40_500)) == nil)
        var caller = RelayBench.Sender(from: nat)
        _ = bench.send(20, of: &caller)
        #expect(control(&bench, from: calleeSDP.port(6_001), to: .callee) == nat.port(40_001))
        #expect(bench.send([1, 2, 3], from: nat.port(40_500), .rtcp) == nil)
        #expect(control(&bench, from: nat.port(40_500)) == calleeSDP.port(6_001))
        #expect(control(&bench, from: calleeSDP.port(6_001), to: .callee) == nat.port(40_500))
        #expect(control(&bench, from: nat.port(40_600)) == nil)
        #expect(control(&bench, from: stranger) == nil)
    }

    @Test("a new description forgets the RTCP source of the old one")
    func relearning() {
        var bench = RelayBench()
        _ = control(&bench, from: callerSDP.port(4_001))
        let moved = Endpoint(IPAddress(v4: 0xC000_0299), 7_000)
        bench.describe(.caller, moved)
        #expect(control(&bench, from: calleeSDP.port(6_001), to: .callee) == moved.port(7_001))
        #expect(control(&bench, from: callerSDP.port(4_001)) == nil)
        #expect(control(&bench, from: moved.port(7_001)) == calleeSDP.port(6_001))
    }

    @Test("nothing is sent while a party holds in the old form")
    func oldHold() {
        var bench = RelayBench()
        bench.describe(.caller, nil)
        #expect(control(&bench, from: calleeSDP.port(6_001), to: .callee) == nil)
    }
}

extension RelayBench {
    fileprivate mutating func send(_ bytes: [UInt8], from source: Endpoint, _ component: MediaRelay.Component)
        -> Endpoint?
    {
        send(bytes, from: source, to: .caller, component)
    }
}
