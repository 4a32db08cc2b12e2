import Glibc
import MediaSessions

/// What a media shard may use, and how it behaves.
public struct MediaShardOptions: Sendable {
    /// Ports to take, RTP on the even ones; shards of one process must not overlap.
    public var ports: ClosedRange<UInt16>
    /// After so long without RTP from a supervised party it counts as silent; zero for never.
    public var silenceTimeout: Duration
    /// Most sockets open at once; a stream takes four.
    public var maximumSockets: Int
    /// The real-time priority that is asked for; 0 asks for none. Goes on without it where the system refuses.
    public var realTimePriority = 10
    /// Codecs of applications' parties beyond G.711 and linear audio.
    public var adapters: [CodecAdapter] = []
    /// How the media of applications' parties begin.
    public var parties = PartySettings()
    /// The traffic class byte of what is sent: expedited forwarding (RFC 3246).
    public var typeOfService: UInt8 = 0xB8

    /// Options with all the sockets that `socketBudget` allows one shard.
    public init(ports: ClosedRange<UInt16>, silenceTimeout: Duration = .seconds(60)) {
        self.ports = ports
        self.silenceTimeout = silenceTimeout
        maximumSockets = Self.socketBudget(shards: 1)
    }

    /// The sockets that each of `shards` media shards may open, so that a tenth of the process's descriptors, at least
    /// 256, is left for everything else.
    public static func socketBudget(shards: Int) -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 512 / max(1, shards) }
        let descriptors = Int(clamping: limit.rlim_cur)
        return max(0, descriptors - max(256, descriptors / 10)) / max(1, shards)
    }

    /// The ports of shard `index` of `count`: equal parts of `ports`, each beginning with an even one.
    public static func ports(_ ports: ClosedRange<UInt16>, ofShard index: Int, of count: Int) -> ClosedRange<UInt16> {
        precondition(count > 0 && index >= 0 && index < count)
        let first = (Int(ports.lowerBound) + 1) & ~1
        let pairs = max(0, (Int(ports.upperBound) + 1 - first) / 2)
        let share = pairs / count
        guard share > 0 else { return ports }
        let lower = first + index * share * 2
        return UInt16(lower)...UInt16(lower + share * 2 - 1)
    }
}
