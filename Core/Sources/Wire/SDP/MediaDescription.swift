import Addresses

/// One media line of a description, with everything that belongs to it (RFC 8866 §5.14).
public struct MediaDescription: Equatable, Sendable {
    /// The media type.
    public var kind: MediaKind
    /// The media type as written, for kinds that have no case.
    public var kindName: [UInt8]
    /// The port; 0 refuses the stream.
    public var port: UInt16
    /// The transport protocol: `RTP/AVP`.
    public var transportProtocol: [UInt8]
    /// The formats as written; payload types for RTP.
    public var formats: [[UInt8]]
    /// Its own address; nil where the session's counts, and for a name.
    public var connection: IPAddress?
    /// The way it flows; nil where the session's counts.
    public var direction: MediaDirection?
    /// The port of RTCP where `a=rtcp` names one (RFC 3605).
    public var rtcpPort: UInt16?
    /// The address of RTCP where `a=rtcp` names one.
    public var rtcpAddress: IPAddress?
    /// Whether RTCP may share the RTP port (RFC 5761).
    public var rtcpMux = false
    /// What its payload types mean.
    public var rtpMaps: [RTPMap] = []
    /// Parameters of its formats.
    public var formatParameters: [FormatParameters] = []
    /// Milliseconds of media in a packet, where `a=ptime` says it.
    public var packetTime: UInt16?
    /// All other lines in their order.
    public var otherLines: [DescriptionLine] = []

    /// A stream of RTP/AVP with the given payload types.
    public init(_ kind: MediaKind, port: UInt16, payloadTypes: [UInt8]) {
        self.kind = kind
        kindName = kind.name.withUTF8Buffer { Array($0) }
        self.port = port
        transportProtocol = Array("RTP/AVP".utf8)
        formats = payloadTypes.map { Array(String($0).utf8) }
    }

    init(_ kind: MediaKind, name: [UInt8], port: UInt16, transportProtocol: [UInt8], formats: [[UInt8]]) {
        self.kind = kind
        kindName = name
        self.port = port
        self.transportProtocol = transportProtocol
        self.formats = formats
    }

    /// The formats that are payload types, in the order of preference.
    public var payloadTypes: [UInt8] {
        formats.compactMap { format in
            format.withUnsafeBufferPointer { $0.decimal(maximum: 127) }.map { UInt8(truncatingIfNeeded: $0) }
        }
    }

    /// What a payload type means: its `a=rtpmap`, else the static table.
    public func rtpMap(of payloadType: UInt8) -> RTPMap? {
        rtpMaps.first { $0.payloadType == payloadType } ?? RTPMap.ofStatic(payloadType)
    }
}

extension MediaKind {
    /// The word of a media line; `message` for kinds without a case.
    public var name: StaticString {
        switch self {
        case .audio: "audio"
        case .video: "video"
        case .image: "image"
        case .application: "application"
        case .text: "text"
        case .other: "message"
        }
    }
}
