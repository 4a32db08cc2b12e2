import Audio
import SIPMessages
import Timeline

/// How one call of a phone went: what the JSON line of `martlet call` and `martlet phone` says.
public struct CallReport: Equatable, Sendable {
    /// Who placed the call.
    public enum Direction: String, Encodable, Sendable { case outgoing, incoming }

    /// Who ended the call.
    public enum Party: String, Encodable, Sendable {
        /// This phone: hung up, gave up, or refused.
        case local
        /// The other side: hung up, gave up, or refused.
        case remote
        /// Nobody: requests or acknowledgements got no answer.
        case network
    }

    /// What was sent and heard; all zero where no audio stream came about.
    public struct Media: Equatable, Sendable {
        /// The codec of both directions; nil where none was agreed on.
        public var codec: G711Codec?
        public var packetsSent = 0
        public var packetsReceived = 0
        /// Packets that never came, by their sequence numbers.
        public var packetsLost = 0
        /// Digits received as RFC 4733 events, in order.
        public var digits = ""
        /// Tones heard, longest first.
        public var tones: [ToneDetector.HeardTone] = []
        /// The received audio where it was recorded.
        public var recording: [Int16] = []

        public init() {}
    }

    public let direction: Direction
    /// The Call-ID.
    public let callID: String
    /// The caller's URI.
    public let from: String
    /// The URI that was called.
    public let to: String
    /// The INVITE's final status: 200 for an answered call, 408 where no answer came.
    public var status: StatusCode
    /// The reason phrase that came with it.
    public var reason: String
    /// The Reason header field of the BYE or CANCEL that ended the call; empty where there was none.
    public var clearingReason: String
    public var endedBy: Party
    /// From the INVITE to its first 18x; nil where none came.
    public var ringingDelay: Duration?
    /// From the INVITE to the 200; nil where the call was not answered.
    public var setupTime: Duration?
    /// From the answer to the end; zero where the call was not answered.
    public var duration: Duration
    public var media = Media()

    /// The report of a call that has just begun.
    init(direction: Direction, callID: String, from: String, to: String) {
        self.direction = direction
        self.callID = callID
        self.from = from
        self.to = to
        status = .requestTimeout
        reason = ""
        clearingReason = ""
        endedBy = .network
        duration = .zero
    }

    /// Whether somebody answered.
    public var isAnswered: Bool { setupTime != nil }
    /// Whether the call was answered and one of the two sides ended it: the success of `martlet call`.
    public var endedNormally: Bool { isAnswered && endedBy != .network }
}

extension CallReport: Encodable {
    private enum Key: String, CodingKey {
        case direction, from, to, status, reason, answered, duration, codec, tones
        case callID = "call_id"
        case clearingReason = "clearing_reason"
        case endedBy = "ended_by"
        case ringingMilliseconds = "ringing_ms"
        case setupMilliseconds = "setup_ms"
        case packetsSent = "packets_sent"
        case packetsReceived = "packets_received"
        case packetsLost = "packets_lost"
        case digits = "digits_received"
    }

    private struct Tone: Encodable {
        private enum CodingKeys: String, CodingKey {
            case frequency = "hz"
            case level = "dbm0"
            case milliseconds = "ms"
        }

        let frequency: Double
        let level: Double
        let milliseconds: Int64

        init(_ tone: ToneDetector.HeardTone) {
            frequency = tone.frequency
            level = (tone.level.dBm0 * 10).rounded() / 10
            milliseconds = tone.duration.milliseconds
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(direction, forKey: .direction)
        try values.encode(callID, forKey: .callID)
        try values.encode(from, forKey: .from)
        try values.encode(to, forKey: .to)
        try values.encode(status.rawValue, forKey: .status)
        try values.encode(reason, forKey: .reason)
        if !clearingReason.isEmpty { try values.encode(clearingReason, forKey: .clearingReason) }
        try values.encode(isAnswered, forKey: .answered)
        try values.encode(endedBy, forKey: .endedBy)
        try values.encodeIfPresent(ringingDelay?.milliseconds, forKey: .ringingMilliseconds)
        try values.encodeIfPresent(setupTime?.milliseconds, forKey: .setupMilliseconds)
        try values.encode(Double(duration.milliseconds) / 1000, forKey: .duration)
        try values.encodeIfPresent(media.codec.map { "\($0.encodingName)" }, forKey: .codec)
        try values.encode(media.packetsSent, forKey: .packetsSent)
        try values.encode(media.packetsReceived, forKey: .packetsReceived)
        try values.encode(media.packetsLost, forKey: .packetsLost)
        try values.encode(media.digits, forKey: .digits)
        try values.encode(media.tones.map(Tone.init), forKey: .tones)
    }
}
