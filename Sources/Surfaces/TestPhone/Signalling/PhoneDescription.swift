import Addresses
import Audio

/// The session descriptions of a phone: one G.711 stream with telephone events (RFC 4566, RFC 3264).
///
/// It is read and written here and not by the switch's own module, so that a phone judges the switch's descriptions
/// with other eyes.
struct PhoneDescription: Equatable, Sendable {
    /// Payload type of telephone events in offers.
    static let usualEventPayloadType: UInt8 = 101

    /// A media line as received, so that it can be refused in its place.
    struct Line: Equatable, Sendable {
        var kind: String
        var port: UInt16
        var profile: String
        var formats: [String]
        var address: IPAddress?
        var direction: Direction = .sendReceive
        var eventPayloadType: UInt8?
    }

    enum Direction: String, Sendable {
        case sendReceive = "sendrecv"
        case sendOnly = "sendonly"
        case receiveOnly = "recvonly"
        case inactive

        var mirrored: Direction {
            switch self {
            case .sendReceive: .sendReceive
            case .sendOnly: .receiveOnly
            case .receiveOnly: .sendOnly
            case .inactive: .inactive
            }
        }
    }

    private(set) var lines: [Line] = []

    /// Reads a description; nil where it has no version line or a media line makes no sense.
    init?(parsing bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        var sessionAddress: IPAddress?
        var sessionDirection = Direction.sendReceive
        var hasVersion = false
        for line in text.split(whereSeparator: \.isNewline) {
            guard line.count > 2, line.dropFirst().first == "=" else { continue }
            let value = line.dropFirst(2)
            switch line.first {
            case "v": hasVersion = true
            case "c":
                let address = value.split(separator: " ").last.flatMap { IPAddress(String($0)) }
                if lines.isEmpty { sessionAddress = address } else { lines[lines.count - 1].address = address }
            case "m":
                guard var media = Self.line(value) else { return nil }
                media.address = sessionAddress
                media.direction = sessionDirection
                lines.append(media)
            case "a":
                if let direction = Direction(rawValue: String(value)) {
                    if lines.isEmpty {
                        sessionDirection = direction
                    } else {
                        lines[lines.count - 1].direction = direction
                    }
                } else if value.hasPrefix("rtpmap:"), value.lowercased().contains(" telephone-event/8000"),
                    let type = UInt8(value.dropFirst(7).prefix { $0.isNumber }), !lines.isEmpty
                {
                    lines[lines.count - 1].eventPayloadType = type
                }
            default: continue
            }
        }
        guard hasVersion else { return nil }
    }

    private static func line(_ value: Substring) -> Line? {
        let words = value.split(separator: " ").map(String.init)
        guard words.count >= 4, let port = words[1].split(separator: "/").first.flatMap({ UInt16($0) }) else {
            return nil
        }
        return Line(kind: words[0], port: port, profile: words[2], formats: Array(words[3...]))
    }

    /// Position of the first audio stream that is open and plain RTP.
    private var audioIndex: Int? {
        lines.firstIndex { $0.kind == "audio" && $0.port != 0 && $0.profile == "RTP/AVP" }
    }

    /// What a phone that takes `codecs` agrees to; nil where there is no stream or no common codec.
    func agreement(_ codecs: [G711Codec]) -> MediaAgreement? {
        guard let index = audioIndex else { return nil }
        let line = lines[index]
        let codec = line.formats.lazy.compactMap { UInt8($0).flatMap(G711Codec.init(rawValue:)) }
            .first(where: codecs.contains)
        guard let codec else { return nil }
        let remote = line.address.flatMap { $0.isUnspecified ? nil : Endpoint($0, line.port) }
        let wantsNothing = line.direction == .sendOnly || line.direction == .inactive || remote == nil
        return MediaAgreement(
            remote: remote, codec: codec, eventPayloadType: line.eventPayloadType, isHeld: wantsNothing)
    }

    /// A description that offers `codecs` at `local`.
    static func offer(_ codecs: [G711Codec], at local: Endpoint, session: UInt64, version: Int) -> [UInt8] {
        header(local, session, version)
            + audio(codecs, at: local, eventPayloadType: usualEventPayloadType, direction: .sendReceive)
    }

    /// The answer to this description: the first audio stream with the agreed codec, every other line refused.
    func answer(_ agreement: MediaAgreement, at local: Endpoint, session: UInt64, version: Int) -> [UInt8] {
        var bytes = Self.header(local, session, version)
        for (index, line) in lines.enumerated() {
            if index == audioIndex {
                bytes += Self.audio(
                    [agreement.codec], at: local, eventPayloadType: agreement.eventPayloadType,
                    direction: line.direction.mirrored)
            } else {
                bytes += Array("m=\(line.kind) 0 \(line.profile) \(line.formats.joined(separator: " "))\r\n".utf8)
            }
        }
        return bytes
    }

    private static func header(_ local: Endpoint, _ session: UInt64, _ version: Int) -> [UInt8] {
        let family = local.address.isIPv6 ? "IP6" : "IP4"
        let lines = [
            "v=0", "o=- \(session) \(version) IN \(family) \(local.address)", "s=-",
            "c=IN \(family) \(local.address)", "t=0 0",
        ]
        return Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
    }

    private static func audio(
        _ codecs: [G711Codec], at local: Endpoint, eventPayloadType: UInt8?, direction: Direction
    ) -> [UInt8] {
        let types = codecs.map(\.payloadType) + (eventPayloadType.map { [$0] } ?? [])
        var lines = ["m=audio \(local.port) RTP/AVP \(types.map(String.init).joined(separator: " "))"]
        lines += codecs.map { "a=rtpmap:\($0.payloadType) \($0.encodingName)/8000" }
        if let eventPayloadType {
            lines += ["a=rtpmap:\(eventPayloadType) telephone-event/8000", "a=fmtp:\(eventPayloadType) 0-16"]
        }
        lines += ["a=ptime:20", "a=\(direction.rawValue)"]
        return Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
    }
}
