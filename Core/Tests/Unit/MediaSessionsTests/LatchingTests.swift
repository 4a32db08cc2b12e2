import Addresses
import MediaSessions
import Testing
import Timeline

/// No stranger can take a party's place: before its first packet, while its source is learnt, and after.
@Suite struct LatchingTests {
    static let nat = Endpoint(IPAddress(v4: 0xC0A8_0001), 40_000)

    /// Sends ten attack packets for each of `ticks` ticks of 20 ms, with a guessed SSRC and sequence; what got through.
    private func attack(_ bench: inout RelayBench, from source: Endpoint, ticks: Int) -> [Endpoint] {
        var passed: [Endpoint] = []
        for tick in 0..<ticks {
            for number in 0..<10 {
                let sender = RelayBench.Sender(
                    from: source, number: UInt16(100 + tick * 10 + number), timestamp: UInt32(tick * 160))
                if let through = bench.send(RelayBench.packet(of: sender), from: source) { passed.append(through) }
            }
            bench.now = bench.now + .milliseconds(20)
        }
        return passed
    }

    @Test("an attacker before the caller's first packet gets nothing through and receives nothing")
    func beforeFirstPacket() {
        var bench = RelayBench()
        #expect(attack(&bench, from: stranger, ticks: 50).isEmpty)
        #expect(bench.callerDestination() == callerSDP)
        var caller = RelayBench.Sender(from: callerSDP)
        #expect(bench.send(1, of: &caller) == [calleeSDP])
        #expect(bench.relay.statistics(of: .caller).rejected == 500)
    }

    @Test("an attacker while a NATed caller is learnt gets nothing through and receives nothing")
    func duringLearning() {
        var bench = RelayBench(callerSignalling: Self.nat.address)
        var caller = RelayBench.Sender(from: Self.nat)
        for _ in 0..<3 {
            #expect(bench.send(1, of: &caller) == [nil])
            #expect(attack(&bench, from: stranger, ticks: 1).isEmpty)
            #expect(bench.callerDestination() == callerSDP)
        }
        #expect(bench.send(1, of: &caller) == [calleeSDP])
        #expect(attack(&bench, from: stranger, ticks: 20).isEmpty)
        #expect(bench.callerDestination() == Self.nat)
    }

    @Test("an attacker after the lock gets nothing through, at any port, also with the caller's own SSRC and numbers")
    func afterLock() {
        var bench = RelayBench()
        var caller = RelayBench.Sender(from: callerSDP)
        _ = bench.send(1, of: &caller)
        for source in [stranger, callerSDP.port(4_002), calleeSDP] {
            #expect(attack(&bench, from: source, ticks: 50).isEmpty)
            #expect(bench.callerDestination() == callerSDP)
        }
        #expect(bench.send(1, of: &caller) == [calleeSDP])
        #expect(bench.relay.statistics(of: .caller).rejected == 1_500)
    }

    @Test("another port of the described host waits for the whole learning window")
    func samePortOtherHost() {
        var bench = RelayBench()
        var candidate = RelayBench.Sender(from: callerSDP.port(5_000))
        let passed = bench.send(14, of: &candidate)
        #expect(passed == Array(repeating: nil, count: 13) + [calleeSDP])
        #expect(bench.callerDestination() == callerSDP.port(5_000))
        #expect(bench.relay.statistics(of: .caller).rejected == 0)
    }

    @Test("the described endpoint takes over from another port of its host, also later")
    func describedTakesOver() {
        var bench = RelayBench()
        var other = RelayBench.Sender(from: callerSDP.port(5_000))
        _ = bench.send(100, of: &other)
        var caller = RelayBench.Sender(from: callerSDP, source: 8)
        #expect(bench.send(1, of: &caller) == [calleeSDP])
        #expect(bench.send(1, of: &other) == [nil])
        #expect(bench.callerDestination() == callerSDP)
    }

    @Test("a NATed caller is believed after four packets, and the described endpoint may take over for 250 ms")
    func natted() {
        for (ticks, takesOver) in [(8, true), (13, false)] {
            var bench = RelayBench(callerSignalling: Self.nat.address)
            var caller = RelayBench.Sender(from: Self.nat)
            #expect(bench.send(ticks, of: &caller).prefix(4) == [nil, nil, nil, calleeSDP])
            var described = RelayBench.Sender(from: callerSDP, source: 8)
            #expect(bench.send(1, of: &described) == [takesOver ? calleeSDP : nil])
            #expect(bench.callerDestination() == (takesOver ? callerSDP : Self.nat))
        }
    }

    @Test("packets out of order, of several SSRCs or without an RTP header prove nothing")
    func unproven() {
        var bench = RelayBench(callerSignalling: Self.nat.address)
        for number in 0..<40 {
            let sender = RelayBench.Sender(from: Self.nat, number: UInt16(number * 2))
            #expect(bench.send(RelayBench.packet(of: sender), from: Self.nat) == nil)
            let other = RelayBench.Sender(from: Self.nat, source: UInt32(number), number: UInt16(number))
            #expect(bench.send(RelayBench.packet(of: other), from: Self.nat) == nil)
            #expect(bench.send([0, 1, 2, 3], from: Self.nat) == nil)
            bench.now = bench.now + .milliseconds(20)
        }
        #expect(bench.callerDestination() == callerSDP)
    }

    @Test("a rival makes a candidate wait for the window, and the described port is the likelier one")
    func rivals() {
        var bench = RelayBench(callerSignalling: Self.nat.address)
        var rival = RelayBench.Sender(from: Self.nat, source: 1)
        var caller = RelayBench.Sender(from: Self.nat.port(callerSDP.port), source: 2)
        var passed: [Endpoint?] = []
        for _ in 0..<7 {
            #expect(bench.send(1, of: &rival) == [nil])
            passed += bench.send(1, of: &caller)
        }
        #expect(passed == [nil, nil, nil, nil, nil, nil, calleeSDP])
        #expect(bench.send(1, of: &rival) == [nil])
        #expect(bench.callerDestination() == Self.nat.port(callerSDP.port))
    }

    @Test("a candidate that falls silent makes room for the next")
    func vanishedCandidate() {
        var bench = RelayBench(callerSignalling: Self.nat.address)
        var gone = RelayBench.Sender(from: Self.nat)
        _ = bench.send(3, of: &gone)
        bench.now = bench.now + .milliseconds(300)
        var caller = RelayBench.Sender(from: Self.nat.port(50_000), source: 2)
        #expect(bench.send(4, of: &caller) == [nil, nil, nil, calleeSDP])
        #expect(bench.relay.statistics(of: .caller).rejected == 3)
    }

    @Test("a re-INVITE with another address opens the learning anew, and media go there at once")
    func relearning() {
        var bench = RelayBench()
        var caller = RelayBench.Sender(from: callerSDP)
        _ = bench.send(5, of: &caller)
        let moved = Endpoint(IPAddress(v4: 0xC000_0299), 7_000)
        bench.describe(.caller, moved)
        #expect(bench.callerDestination() == moved)
        #expect(attack(&bench, from: stranger, ticks: 30).isEmpty)
        #expect(bench.send(1, of: &caller) == [nil])
        var after = RelayBench.Sender(from: moved)
        #expect(bench.send(1, of: &after) == [calleeSDP])
        #expect(bench.send(1, of: &caller) == [nil])
    }

    @Test("after a re-INVITE the source that was locked at another host is no candidate")
    func formerSource() {
        var bench = RelayBench(callerSignalling: Self.nat.address)
        var before = RelayBench.Sender(from: Self.nat)
        _ = bench.send(20, of: &before)
        bench.describe(.caller, callerSDP.port(4_444), signalling: Self.nat.address)
        #expect(bench.send(30, of: &before) == Array(repeating: nil, count: 30))
        var after = RelayBench.Sender(from: Self.nat.port(41_000), source: 3)
        #expect(bench.send(4, of: &after) == [nil, nil, nil, calleeSDP])
    }

    @Test("a re-INVITE without another address opens nothing: hold, resume and refresh keep the lock")
    func unchanged() {
        var bench = RelayBench(callerSignalling: Self.nat.address)
        var caller = RelayBench.Sender(from: Self.nat)
        _ = bench.send(20, of: &caller)
        for target in [nil, callerSDP] {
            bench.describe(.caller, target, signalling: Self.nat.address)
            var attacker = RelayBench.Sender(from: Self.nat.port(41_000), source: 66)
            #expect(bench.send(30, of: &attacker) == Array(repeating: nil, count: 30))
            #expect(bench.send(1, of: &caller) == [calleeSDP])
        }
        #expect(bench.callerDestination() == Self.nat)
    }

    @Test("a refused re-INVITE takes its change back, and the lock with it")
    func refusedChange() {
        for source in [callerSDP, Self.nat] {
            var bench = RelayBench(callerSignalling: Self.nat.address)
            var caller = RelayBench.Sender(from: source)
            _ = bench.send(20, of: &caller)
            bench.describe(.caller, callerSDP.port(4_444), signalling: Self.nat.address)
            #expect(bench.callerDestination() == callerSDP.port(4_444))
            bench.describe(.caller, callerSDP, signalling: Self.nat.address)
            #expect(bench.callerDestination() == source)
            #expect(bench.send(1, of: &caller) == [calleeSDP])
            #expect(attack(&bench, from: stranger, ticks: 5).isEmpty)
        }
    }

    @Test("a re-INVITE that names the source already locked keeps it without a gap")
    func namesLockedSource() {
        var bench = RelayBench(callerSignalling: Self.nat.address)
        var caller = RelayBench.Sender(from: Self.nat)
        _ = bench.send(20, of: &caller)
        bench.describe(.caller, Self.nat, signalling: Self.nat.address)
        #expect(bench.callerDestination() == Self.nat)
        #expect(bench.send(1, of: &caller) == [calleeSDP])
    }

    @Test("signalling that now comes from elsewhere reopens what a NAT's address had locked")
    func movedSignalling() {
        var bench = RelayBench(callerSignalling: Self.nat.address)
        var caller = RelayBench.Sender(from: Self.nat)
        _ = bench.send(20, of: &caller)
        let elsewhere = Endpoint(IPAddress(v4: 0xC0A8_0902), 33_000)
        bench.describe(.caller, callerSDP, signalling: elsewhere.address)
        #expect(bench.send(10, of: &caller) == Array(repeating: nil, count: 10))
        var moved = RelayBench.Sender(from: elsewhere)
        #expect(bench.send(4, of: &moved) == [nil, nil, nil, calleeSDP])
    }

    @Test("a description that is no new offer or answer moves an unlocked party only")
    func withoutRelearning() {
        var bench = RelayBench()
        bench.describe(.caller, callerSDP.port(4_100), relearn: false)
        #expect(bench.callerDestination() == callerSDP.port(4_100))
        var caller = RelayBench.Sender(from: callerSDP.port(4_100))
        _ = bench.send(1, of: &caller)
        bench.describe(.caller, callerSDP.port(4_200), relearn: false)
        #expect(bench.callerDestination() == callerSDP.port(4_100))
    }
}
