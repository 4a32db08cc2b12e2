import Addresses

/// What a switch must know of a session description to relay its media, gathered in one pass over the bytes.
public struct SDPSummary: Equatable, Sendable {
    /// One media line and what belongs to it.
    public struct Stream: Hashable, Sendable, BitwiseCopyable {
        /// The media type.
        public var kind: MediaKind
        /// The RTP port as written; 0 refuses or ends the stream.
        public var port: UInt16
        /// The address of its own `c=` line or else of the session's; nil where that is a name.
        public var address: IPAddress?
        /// Whether media of this transport protocol are datagrams that can be relayed: RTP in every profile, and UDPTL.
        public var isRelayable: Bool
        /// The way it flows, as seen by who wrote the description.
        public var direction: MediaDirection
        /// Whether RTCP may share the RTP port (RFC 5761).
        public var offersRTCPMux = false
        /// The clock rates of its payload types.
        public var clockRates = ClockRates()
        var rtcpPort: UInt16?
        var rtcpAddress: IPAddress?

        init(kind: MediaKind, port: UInt16, isRelayable: Bool, direction: MediaDirection) {
            self.kind = kind
            self.port = port
            self.isRelayable = isRelayable
            self.direction = direction
        }

        /// Whether the stream is refused or ended.
        public var isRefused: Bool { port == 0 }

        /// Whether the other party is put on hold: `sendonly`, `inactive`, or the old form with 0.0.0.0 (RFC 3264 §8.4).
        public var isHold: Bool { !direction.receives || (address?.isUnspecified ?? false) }

        /// Where RTP goes; nil for refused streams, the old form of hold, names, and addresses of more than one host.
        public var remote: Endpoint? {
            guard let address, Self.isUsable(address), port != 0 else { return nil }
            return Endpoint(address, port)
        }

        /// Where RTCP goes: what `a=rtcp` says (RFC 3605), else the port after RTP's; nil where RTP goes nowhere.
        public var rtcp: Endpoint? {
            guard let remote else { return nil }
            let address = rtcpAddress ?? remote.address
            guard Self.isUsable(address) else { return nil }
            if let rtcpPort { return rtcpPort == 0 ? nil : Endpoint(address, rtcpPort) }
            return port == .max ? nil : Endpoint(address, port &+ 1)
        }

        private static func isUsable(_ address: IPAddress) -> Bool {
            !address.isUnspecified && !address.isMulticastOrBroadcast
        }
    }

    /// Who made the description, and its version.
    public var origin: Origin
    /// The media lines in their order.
    public var streams: [Stream]

    /// Scans a whole body; nil when it is malformed or exceeds the limits of `SessionDescription`.
    public init?(scanning sdp: [UInt8]) {
        let summary = sdp.withUnsafeBufferPointer { text in
            try? Self.scan(text)
        }
        guard let summary else { return nil }
        self = summary
    }

    /// Scans a body that lies in other bytes; throws where it is malformed or exceeds the limits.
    public init(scanning text: UnsafeBufferPointer<UInt8>) throws(SDPParseError) {
        self = try Self.scan(text)
    }

    init(origin: Origin, streams: [Stream]) {
        self.origin = origin
        self.streams = streams
    }

    /// Whether at least one stream flows, and every one that does is held.
    public var isHold: Bool {
        var isHeld = false
        for stream in streams where !stream.isRefused {
            guard stream.isHold else { return false }
            isHeld = true
        }
        return isHeld
    }

    private static func scan(_ text: UnsafeBufferPointer<UInt8>) throws(SDPParseError) -> SDPSummary {
        var scanner = SummaryScanner(text)
        return try scanner.scan()
    }
}
