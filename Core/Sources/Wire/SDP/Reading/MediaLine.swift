/// What an `m=` line says (RFC 8866 §5.14), as positions in the body.
struct MediaLine: BitwiseCopyable {
    var kind: MediaKind
    var port: UInt16
    var isRelayable: Bool
    /// Where the port is written, with the number of ports after it.
    var portStart: Int
    var portEnd: Int
    /// Where the transport protocol begins; formats follow it.
    var protocolStart: Int

    /// Reads `audio 49170[/2] RTP/AVP 0 8`; nil when a word is missing or the port is no port.
    init?(_ text: UnsafeBufferPointer<UInt8>, _ line: Line) {
        var reader = FieldReader(text, line)
        let media = reader.word()
        let ports = reader.word()
        portEnd = reader.position
        portStart = reader.position &- ports.count
        let transport = reader.word()
        protocolStart = reader.position &- transport.count
        let slash = ports.position(of: UInt8(ascii: "/"))
        guard !media.isEmpty, !transport.isEmpty, !reader.isAtEnd,
            let port = UnsafeBufferPointer(rebasing: ports[0..<slash]).decimal(maximum: 65_535)
        else { return nil }
        if slash < ports.count {
            let number = UnsafeBufferPointer(rebasing: ports[(slash &+ 1)...])
            guard let number = number.decimal(maximum: 65_535), number > 0 else { return nil }
        }
        self.port = UInt16(truncatingIfNeeded: port)
        kind = MediaKind(spelling: media)
        isRelayable = transport.begins("rtp/") || transport.begins("udp/tls/rtp/") || transport.spells("udptl")
    }
}

extension MediaKind {
    /// The kind that a word names.
    init(spelling word: UnsafeBufferPointer<UInt8>) {
        if word.spells("audio") {
            self = .audio
        } else if word.spells("video") {
            self = .video
        } else if word.spells("image") {
            self = .image
        } else if word.spells("application") {
            self = .application
        } else if word.spells("text") {
            self = .text
        } else {
            self = .other
        }
    }
}
