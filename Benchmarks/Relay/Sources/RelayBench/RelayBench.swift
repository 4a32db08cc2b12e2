import Addresses
import Glibc
import MediaSessions
import MediaTransports

/// `RelayBench CALLS [PRIORITY]`: a media shard with so many relayed calls on 127.0.6.1, and nothing else of the switch;
/// its real-time priority is 0, as the bare loop's, unless given.
///
/// Prints a line `<load address> <load port> <our address> <our port>` for each of the sockets that a load generator is
/// to open, then `ready`; relays until standard input ends, and prints what it counted.
@main struct RelayBench {
    static func main() throws {
        let numbers = CommandLine.arguments.dropFirst().map { UInt64($0) ?? 0 }
        guard let calls = numbers.first, calls > 0 else {
            return say("usage: RelayBench CALLS [PRIORITY]\n", to: STDERR_FILENO)
        }
        let events = EventQueue()
        var options = MediaShardOptions(ports: 20_000...39_999)
        options.realTimePriority = Int(numbers.dropFirst().first ?? 0)
        let shard = try MediaShard(options: options) { events.put($0) }
        guard let lines = open(calls, on: shard, events) else {
            return say("no ports or descriptors are left\n", to: STDERR_FILENO)
        }
        say(lines + "ready\n")
        while readLine() != nil {}
        say(close(calls, on: shard, events))
        shard.stop()
    }

    /// Opens the calls; the lines for the load generator, or nil where one could not be opened.
    private static func open(_ calls: UInt64, on shard: MediaShard, _ events: EventQueue) -> String? {
        let loopback = IPAddress(v4: 0x7F00_0601)
        let parties = [(MediaSide.caller, IPAddress(v4: 0x7F00_0604)), (.callee, IPAddress(v4: 0x7F00_0603))]
        var lines = ""
        for call in 0..<calls {
            let id = MediaSessionID(rawValue: call)
            shard.submit([.open(id, streams: 1, caller: loopback, callee: loopback)])
            guard case .opened(_, let callerPorts, let calleePorts) = events.next() else { return nil }
            let port = UInt16(clamping: 40_000 + 2 * call)
            for (side, host) in parties {
                let target = MediaStreamTarget(rtp: Endpoint(host, port), rtcp: nil, signallingSource: host)
                shard.submit([.update(id, side, [target])])
                lines += "\(host) \(port) \(loopback) \((side == .caller ? callerPorts : calleePorts)[0])\n"
            }
        }
        return lines
    }

    /// Closes the calls; what was counted in all of them.
    private static func close(_ calls: UInt64, on shard: MediaShard, _ events: EventQueue) -> String {
        var total = MediaStatistics()
        for call in 0..<calls {
            shard.submit([.close(MediaSessionID(rawValue: call))])
            guard case .closed(_, let caller, let callee) = events.next() else { continue }
            total.add(caller)
            total.add(callee)
        }
        return "relayed=\(total.packets) lost=\(total.lost) rejected=\(total.rejected) jitter=\(total.jitter)\n"
    }

    private static func say(_ text: String, to descriptor: Int32 = STDOUT_FILENO) {
        var text = text
        text.withUTF8 { bytes in
            var written = 0
            while written < bytes.count {
                written += max(0, write(descriptor, bytes.baseAddress! + written, bytes.count - written))
            }
        }
    }
}
