import Addresses

/// Builds a `SDPSummary` line by line.
struct SummaryScanner {
    private let text: UnsafeBufferPointer<UInt8>
    private var origin: Origin?
    private var sessionConnection: Connection?
    private var sessionDirection = MediaDirection.sendReceive
    private var streams: [SDPSummary.Stream] = []
    /// The stream whose lines are being read, and its own connection.
    private var current: SDPSummary.Stream?
    private var currentConnection: Connection?
    private var currentStart = 0

    init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

    mutating func scan() throws(SDPParseError) -> SDPSummary {
        var lines = try LineReader(text)
        guard let first = try lines.next(), first.isVersion(in: text) else { throw SDPParseError(.version, offset: 0) }
        while let line = try lines.next() {
            switch line.type {
            case UInt8(ascii: "a"): try attribute(line)
            case UInt8(ascii: "m"): try media(line)
            case UInt8(ascii: "c"): try connection(line)
            case UInt8(ascii: "o"):
                guard origin == nil, current == nil, let read = Origin(text, line) else {
                    throw SDPParseError(.origin, offset: line.start)
                }
                origin = read
            default: break
            }
        }
        try finishStream()
        guard let origin else { throw SDPParseError(.origin, offset: text.count) }
        return SDPSummary(origin: origin, streams: streams)
    }

    private mutating func media(_ line: Line) throws(SDPParseError) {
        try finishStream()
        guard origin != nil else { throw SDPParseError(.origin, offset: line.start) }
        guard let media = MediaLine(text, line) else { throw SDPParseError(.media, offset: line.start) }
        guard streams.count < SessionDescription.maximumMedia else {
            throw SDPParseError(.tooManyMedia, offset: line.start)
        }
        current = SDPSummary.Stream(
            kind: media.kind, port: media.port, isRelayable: media.isRelayable,
            direction: sessionDirection)
        currentStart = line.start
    }

    private mutating func connection(_ line: Line) throws(SDPParseError) {
        var reader = FieldReader(text, line)
        guard let connection = Connection(reading: &reader) else {
            throw SDPParseError(.connection, offset: line.start)
        }
        if current == nil {
            sessionConnection = connection
        } else if currentConnection == nil {
            currentConnection = connection
        }
    }

    private mutating func attribute(_ line: Line) throws(SDPParseError) {
        guard let attribute = Attribute(text, line) else { throw SDPParseError(.attribute, offset: line.start) }
        switch attribute {
        case .direction(let direction):
            if current == nil { sessionDirection = direction } else { current?.direction = direction }
        case .rtcp(let port, let connection):
            current?.rtcpPort = port
            current?.rtcpAddress = connection?.address
        case .rtcpMux: current?.offersRTCPMux = true
        case .rtpMap(let payloadType, let clockRate): current?.clockRates.note(clockRate, for: payloadType)
        case .ice, .other: break
        }
    }

    private mutating func finishStream() throws(SDPParseError) {
        guard var stream = current else { return }
        let connection = currentConnection ?? sessionConnection
        guard connection != nil || stream.isRefused else { throw SDPParseError(.connection, offset: currentStart) }
        stream.address = connection?.address
        streams.append(stream)
        current = nil
        currentConnection = nil
    }
}

extension Line {
    /// Whether this is `v=0`.
    func isVersion(in text: UnsafeBufferPointer<UInt8>) -> Bool {
        type == UInt8(ascii: "v") && end &- value == 1 && text[value] == UInt8(ascii: "0")
    }
}
