import Addresses
import MediaSessions
import Testing
import Timeline

@Suite struct MediaRelayTests {
    @Test("parties that send from where they say are relayed from the first packet, both ways")
    func bothWays() {
        var bench = RelayBench()
        var caller = RelayBench.Sender(from: callerSDP)
        var callee = RelayBench.Sender(from: calleeSDP, source: 9)
        #expect(bench.send(3, of: &caller) == [calleeSDP, calleeSDP, calleeSDP])
        #expect(bench.send(3, of: &callee, to: .callee) == [callerSDP, callerSDP, callerSDP])
        let statistics = bench.relay.statistics(of: .caller)
        #expect(statistics.packets == 3 && statistics.bytes == 516 && statistics.lost == 0 && statistics.rejected == 0)
    }

    @Test("before a description nothing is believed")
    func undescribed() {
        var bench = RelayBench()
        bench.relay = MediaRelay()
        var caller = RelayBench.Sender(from: callerSDP)
        #expect(bench.send(5, of: &caller) == Array(repeating: nil, count: 5))
        bench.describe(.caller, callerSDP)
        #expect(bench.send(2, of: &caller) == [nil, nil])
        #expect(bench.relay.statistics(of: .caller).packets == 2)
        bench.describe(.callee, calleeSDP)
        #expect(bench.send(1, of: &caller) == [calleeSDP])
    }

    @Test("whatever the codec: anything but RTP passes from the party's own address, an empty datagram does not")
    func otherDatagrams() {
        var bench = RelayBench()
        #expect(bench.send([22, 254, 253, 0], from: callerSDP) == calleeSDP)
        #expect(bench.send([], from: callerSDP) == nil)
        #expect(bench.send([22, 254, 253, 0], from: stranger) == nil)
        #expect(bench.relay.statistics(of: .caller).packets == 0)
        #expect(bench.relay.lastHeard(.caller) == .zero)
    }

    @Test("hold in the old form stops what goes to the holder, not what comes from it")
    func oldHold() {
        var bench = RelayBench()
        var caller = RelayBench.Sender(from: callerSDP)
        _ = bench.send(3, of: &caller)
        bench.describe(.caller, nil)
        #expect(bench.callerDestination() == nil)
        #expect(bench.send(1, of: &caller) == [calleeSDP])
        bench.describe(.caller, callerSDP)
        #expect(bench.callerDestination() == callerSDP)
        #expect(bench.send(1, of: &caller) == [calleeSDP])
    }

    @Test("a new SSRC of the locked source passes and its losses are counted on their own")
    func newSource() {
        var bench = RelayBench()
        var first = RelayBench.Sender(from: callerSDP, source: 1, number: 10)
        _ = bench.send(5, of: &first)
        first.number += 2
        _ = bench.send(1, of: &first)
        var second = RelayBench.Sender(from: callerSDP, source: 2, number: 60_000)
        #expect(bench.send(3, of: &second) == [calleeSDP, calleeSDP, calleeSDP])
        let statistics = bench.relay.statistics(of: .caller)
        #expect(statistics.packets == 9 && statistics.lost == 2)
    }

    @Test("RTCP on the RTP port (RFC 5761) goes to the other RTP port and is no sign of media")
    func multiplexed() {
        var bench = RelayBench()
        #expect(bench.send(RelayBench.report, from: callerSDP) == calleeSDP)
        #expect(bench.relay.lastHeard(.caller) == nil)
        #expect(bench.relay.statistics(of: .caller).controlPackets == 1)
    }

    @Test("datagrams that could not be sent are counted for the party they were for")
    func sendFailures() {
        var bench = RelayBench()
        bench.relay.sendFailed(to: .callee)
        #expect(bench.relay.statistics(of: .callee).sendFailures == 1)
        #expect(bench.relay.statistics(of: .caller).sendFailures == 0)
    }
}
