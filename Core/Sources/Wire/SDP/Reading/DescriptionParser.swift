import Addresses

/// Builds a `SessionDescription` line by line.
struct DescriptionParser {
    private let text: UnsafeBufferPointer<UInt8>
    private var description = SessionDescription(
        origin: Origin(sessionID: 0, version: 0, address: IPAddress(v4: 0)), connection: nil, media: [])
    private var media: MediaDescription?

    init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

    mutating func parse() throws(SDPParseError) -> SessionDescription {
        let summary = try SDPSummary(scanning: text)
        description.origin = summary.origin
        description.otherLines = []
        var lines = try LineReader(text)
        while let line = try lines.next() {
            switch line.type {
            case UInt8(ascii: "v"), UInt8(ascii: "o"): break
            case UInt8(ascii: "s") where media == nil: description.name = value(of: line)
            case UInt8(ascii: "c"): connection(line)
            case UInt8(ascii: "m"): begin(line)
            case UInt8(ascii: "a"): attribute(line)
            default: keep(line)
            }
        }
        finishMedia()
        return description
    }

    private func value(of line: Line) -> [UInt8] { Array(text[line.value..<line.end]) }

    private mutating func keep(_ line: Line) {
        let kept = DescriptionLine(type: line.type, value: value(of: line))
        if media == nil { description.otherLines.append(kept) } else { media?.otherLines.append(kept) }
    }

    private mutating func connection(_ line: Line) {
        var reader = FieldReader(text, line)
        let address = Connection(reading: &reader)?.address
        if media == nil {
            description.connection = address
        } else if media?.connection == nil {
            media?.connection = address
        }
    }

    private mutating func finishMedia() {
        if let media { description.media.append(media) }
        media = nil
    }

    private mutating func begin(_ line: Line) {
        finishMedia()
        guard let read = MediaLine(text, line) else { return }
        var reader = FieldReader(text, line)
        let name = Array(reader.word())
        _ = reader.word()
        let transport = Array(reader.word())
        var formats: [[UInt8]] = []
        while !reader.isAtEnd { formats.append(Array(reader.word())) }
        media = MediaDescription(
            read.kind, name: name, port: read.port, transportProtocol: transport, formats: formats)
    }

    private mutating func attribute(_ line: Line) {
        switch Attribute(text, line) {
        case .direction(let direction):
            if media == nil { description.direction = direction } else { media?.direction = direction }
        case .rtcp(let port, let connection) where media != nil:
            media?.rtcpPort = port
            media?.rtcpAddress = connection?.address
        case .rtcpMux where media != nil: media?.rtcpMux = true
        case .rtpMap where media != nil:
            if let map = RTPMap(text, line) { media?.rtpMaps.append(map) }
        case .rtcp, .rtcpMux, .rtpMap, .ice, nil: keep(line)
        case .other: if media == nil || !formatAttribute(line) { keep(line) }
        }
    }

    /// Takes `fmtp` and `ptime`; false for every other attribute, and for malformed ones, which pass as they are.
    private mutating func formatAttribute(_ line: Line) -> Bool {
        let value = UnsafeBufferPointer(rebasing: text[line.value..<line.end])
        let colon = value.position(of: UInt8(ascii: ":"))
        let name = UnsafeBufferPointer(rebasing: value[0..<colon])
        guard colon < value.count else { return false }
        var reader = FieldReader(text, from: line.value &+ colon &+ 1, to: line.end)
        if name.spells("ptime"), let time = reader.number(maximum: 1_000), reader.isAtEnd {
            media?.packetTime = UInt16(truncatingIfNeeded: time)
            return true
        }
        guard name.spells("fmtp"), let payloadType = reader.number(maximum: 127), !reader.isAtEnd else { return false }
        let parameters = Array(text[min(reader.position &+ 1, line.end)..<line.end])
        media?.formatParameters.append(
            FormatParameters(payloadType: UInt8(truncatingIfNeeded: payloadType), value: parameters))
        return true
    }
}

extension RTPMap {
    /// Reads a whole `a=rtpmap:` line; nil where it is malformed.
    init?(_ text: UnsafeBufferPointer<UInt8>, _ line: Line) {
        guard case .rtpMap(let payloadType, let clockRate)? = Attribute(text, line) else { return nil }
        var reader = FieldReader(text, line)
        _ = reader.word()
        let encoding = reader.word()
        let slash = encoding.position(of: UInt8(ascii: "/"))
        let rest = UnsafeBufferPointer(rebasing: encoding[min(slash &+ 1, encoding.count)...])
        let second = rest.position(of: UInt8(ascii: "/"))
        var channels: UInt8 = 1
        if second < rest.count, let number = UnsafeBufferPointer(rebasing: rest[(second &+ 1)...]).decimal(maximum: 255)
        {
            channels = UInt8(truncatingIfNeeded: number)
        }
        self.init(
            payloadType: payloadType, encoding: Array(encoding[0..<slash]), clockRate: clockRate, channels: channels)
    }
}
