import Addresses
import SDP

/// Session descriptions that the switch makes itself, for a party that waits for the other one. Their o= line is written
/// by who sends them.
enum OwnDescription {
    /// The payload type of telephone events in our own offers.
    static let eventPayloadType: UInt8 = 101

    /// An offer of one audio stream at `port`, with telephone events (RFC 4733).
    static func offer(
        _ codecs: [RTPMap], port: UInt16, address: IPAddress, _ direction: MediaDirection = .sendReceive
    ) -> [UInt8] {
        var audio = MediaDescription(.audio, port: port, payloadTypes: codecs.map(\.payloadType) + [eventPayloadType])
        audio.rtpMaps =
            codecs + [
                RTPMap(payloadType: eventPayloadType, encoding: Array("telephone-event".utf8), clockRate: 8_000)
            ]
        audio.formatParameters = [FormatParameters(payloadType: eventPayloadType, value: Array("0-16".utf8))]
        audio.packetTime = 20
        audio.direction = direction
        return SessionDescription(origin: origin(address), connection: address, media: [audio]).serialized()
    }

    /// An answer that accepts every stream of `offer` and keeps it still: nothing is to be sent, and nothing comes
    /// (RFC 3264 §8.4; the address 0.0.0.0 is for phones that do not know `inactive`). nil where it cannot be read.
    static func still(answering offer: [UInt8], address: IPAddress) -> [UInt8]? {
        guard let offered = try? SessionDescription(parsing: offer) else { return nil }
        let nowhere = address.isIPv6 ? IPAddress(high: 0, low: 0) : IPAddress(v4: 0)
        let media = offered.media.map { stream in
            var answer = stream.bare
            answer.port = stream.port == 0 ? 0 : discardPort
            answer.direction = .inactive
            return answer
        }
        return SessionDescription(origin: origin(address), connection: nowhere, media: media).serialized()
    }

    /// An answer that takes the first audio stream of `offer` to `port` with what `codecs` has of it, and refuses all
    /// others; nil where nothing fits.
    static func answer(
        _ offer: [UInt8], _ codecs: [RTPMap], port: UInt16, address: IPAddress
    ) -> [UInt8]? {
        guard let offered = try? SessionDescription(parsing: offer) else { return nil }
        var isTaken = false
        var media: [MediaDescription] = []
        for (index, stream) in offered.media.enumerated() {
            var answer = stream.bare
            let known = stream.payloadTypes.filter { stream.rtpMap(of: $0).map { isKnown($0, codecs) } ?? false }
            let isAudio = stream.kind == .audio && stream.port != 0 && stream.isPlainRTP
            if !isTaken && isAudio && known.contains(where: { !stream.isEvent($0) }) {
                isTaken = true
                answer.port = port
                answer.formats = known.map { Array(String($0).utf8) }
                answer.rtpMaps = answer.rtpMaps.filter { known.contains($0.payloadType) }
                answer.direction = offered.isHold(index) ? .inactive : offered.direction(of: index).answered
            } else {
                answer.port = 0
            }
            media.append(answer)
        }
        guard isTaken else { return nil }
        return SessionDescription(origin: origin(address), connection: address, media: media).serialized()
    }

    /// The port of a stream that nothing may be sent to (RFC 863).
    private static let discardPort: UInt16 = 9

    private static func origin(_ address: IPAddress) -> Origin { Origin(sessionID: 0, version: 0, address: address) }

    private static func isKnown(_ map: RTPMap, _ codecs: [RTPMap]) -> Bool {
        map.isEncoding("telephone-event")
            || codecs.contains { $0.clockRate == map.clockRate && $0.hasEncoding(of: map) }
    }
}

extension SessionDescription {
    /// Whether media line `index` has the old form of hold, the address 0.0.0.0 (RFC 3264 §8.4).
    func isHold(_ index: Int) -> Bool { address(of: index)?.isUnspecified ?? false }
}

extension MediaDescription {
    /// The stream with nothing but its transport and its formats.
    fileprivate var bare: MediaDescription {
        var bare = self
        bare.connection = nil
        bare.rtcpPort = nil
        bare.rtcpAddress = nil
        bare.rtcpMux = false
        bare.packetTime = nil
        bare.otherLines = []
        return bare
    }

    fileprivate var isPlainRTP: Bool { transportProtocol.elementsEqual("RTP/AVP".utf8) }

    fileprivate func isEvent(_ payloadType: UInt8) -> Bool {
        rtpMap(of: payloadType)?.isEncoding("telephone-event") ?? false
    }
}

extension RTPMap {
    /// Whether both name the same encoding; names compare without case (RFC 8866 §6.6).
    func hasEncoding(of other: RTPMap) -> Bool {
        encoding.elementsEqual(other.encoding) { $0 | 0x20 == $1 | 0x20 }
    }
}
