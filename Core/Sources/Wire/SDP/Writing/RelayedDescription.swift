import Addresses

/// A party's description as the other party must see it when its media pass through us.
public enum RelayedDescription {
    /// Writes `sdp` anew with our addresses and ports, in one pass over its lines.
    ///
    /// `o=` becomes ours. Every `c=` gets our address; the 0.0.0.0 form of hold stays. The port of media line n becomes
    /// `ports[n]`, or 0 where that is nil or missing; a port that was 0 stays 0. `a=rtcp` becomes the port after RTP's,
    /// and goes where the port is 0. Attributes of ICE go (RFC 8839): they name addresses that bypass us. All other
    /// lines pass byte for byte, and every line keeps its own ending. A body that `SDPSummary` refuses comes back as far
    /// as it can be read: refuse it before.
    public static func rewrite(_ sdp: [UInt8], origin: Origin, ports: [UInt16?], address: IPAddress) -> [UInt8] {
        sdp.withUnsafeBufferPointer { rewrite($0, origin: origin, ports: ports, address: address) }
    }

    /// The same description with another o= line, where media do not pass us but the session is one of ours.
    public static func renamed(_ sdp: [UInt8], origin: Origin) -> [UInt8] {
        sdp.withUnsafeBufferPointer { text in
            guard var lines = try? LineReader(text) else { return sdp }
            while let line = try? lines.next() {
                guard line.type == UInt8(ascii: "o") else { continue }
                var output = Array(text[..<line.value])
                output.append(origin: origin)
                output.append(contentsOf: text[line.end...])
                return output
            }
            return sdp
        }
    }

    /// The same for a description that lies in other bytes.
    public static func rewrite(
        _ text: UnsafeBufferPointer<UInt8>, origin: Origin, ports: [UInt16?], address: IPAddress
    ) -> [UInt8] {
        var rewriter = DescriptionRewriter(text: text, origin: origin, ports: ports, address: address)
        rewriter.run()
        return rewriter.output
    }
}

/// The pass of `RelayedDescription.rewrite`.
private struct DescriptionRewriter {
    let text: UnsafeBufferPointer<UInt8>
    let origin: Origin
    let ports: [UInt16?]
    let address: IPAddress
    var output: [UInt8] = []
    private var mediaCount = 0
    /// Our RTP port of the media line being copied; 0 while it is refused.
    private var port: UInt16 = 0
    /// What was read and not yet copied begins here.
    private var pending = 0

    init(text: UnsafeBufferPointer<UInt8>, origin: Origin, ports: [UInt16?], address: IPAddress) {
        self.text = text
        self.origin = origin
        self.ports = ports
        self.address = address
    }

    mutating func run() {
        output.reserveCapacity(text.count &+ 64)
        guard var lines = try? LineReader(text) else { return }
        var end = 0
        while let line = try? lines.next() {
            end = line.next
            switch line.type {
            case UInt8(ascii: "o"):
                copy(to: line.value)
                output.append(origin: origin)
                pending = line.end
            case UInt8(ascii: "c"): connection(line)
            case UInt8(ascii: "m"): media(line)
            case UInt8(ascii: "a"): attribute(line)
            default: break
            }
        }
        copy(to: end)
    }

    /// Copies what passes unchanged, in one piece.
    private mutating func copy(to end: Int) {
        if end > pending { output.append(contentsOf: UnsafeBufferPointer(rebasing: text[pending..<end])) }
        pending = max(pending, end)
    }

    private mutating func connection(_ line: Line) {
        var reader = FieldReader(text, line)
        let isHold = Connection(reading: &reader)?.isHold ?? false
        copy(to: line.value)
        let unspecified = address.isIPv6 ? IPAddress(high: 0, low: 0) : IPAddress(v4: 0)
        output.append(connection: isHold ? unspecified : address)
        pending = line.end
    }

    private mutating func media(_ line: Line) {
        let given = mediaCount < ports.count ? ports[mediaCount] : nil
        mediaCount &+= 1
        port = 0
        guard let media = MediaLine(text, line), media.port != 0 else { return }
        port = given ?? 0
        copy(to: media.portStart)
        output.append(number: UInt64(port))
        pending = media.portEnd
    }

    private mutating func attribute(_ line: Line) {
        switch Attribute(text, line) {
        case .rtcp:
            guard port != 0 && port != .max else { return drop(line) }
            copy(to: line.value)
            output.append("rtcp:")
            output.append(number: UInt64(port &+ 1))
            pending = line.end
        case .ice: drop(line)
        case .direction, .rtcpMux, .rtpMap, .other, nil: break
        }
    }

    private mutating func drop(_ line: Line) {
        copy(to: line.start)
        pending = line.next
    }
}
