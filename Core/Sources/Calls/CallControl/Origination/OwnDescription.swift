import Addresses
import SDP

/// Session descriptions that the switch makes itself, for a party that waits for the other one. Their o= line is written
/// by who sends them.
enum OwnDescription {
    /// The payload type of telephone events in our own offers; those of other clocks than the first follow it.
    static let eventPayloadType: UInt8 = 101
    /// What we say of Opus: repair what is lost (RFC 7587 §6.1).
    private static let opusParameters = Array("useinbandfec=1".utf8)

    /// An offer of one audio stream at `port`, with telephone events for the clock of each codec (RFC 4733 §2.3.5).
    static func offer(
        _ codecs: [RTPMap], port: UInt16, address: IPAddress, _ direction: MediaDirection = .sendReceive
    ) -> [UInt8] {
        var events: [RTPMap] = []
        for codec in codecs where !events.contains(where: { $0.clockRate == codec.clockRate }) {
            let payloadType = eventPayloadType + UInt8(truncatingIfNeeded: events.count)
            let encoding = Array("telephone-event".utf8)
            events.append(RTPMap(payloadType: payloadType, encoding: encoding, clockRate: codec.clockRate))
        }
        var audio = MediaDescription(.audio, port: port, payloadTypes: (codecs + events).map(\.payloadType))
        audio.rtpMaps = codecs + events
        audio.formatParameters =
            parameters(of: codecs)
            + events.map { FormatParameters(payloadType: $0.payloadType, value: Array("0-16".utf8)) }
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

    /// An answer that takes the first audio stream of `offer` to `port` with what `codecs` has of it, in that order where we
    /// are choosing, and refuses all others; nil where nothing fits. One who is held by us is not heard, whatever it offers.
    static func answer(
        _ offer: [UInt8], _ codecs: [RTPMap], isChoosing: Bool = false, port: UInt16, address: IPAddress,
        isHeld: Bool = false
    ) -> [UInt8]? {
        guard let offered = try? SessionDescription(parsing: offer) else { return nil }
        var isTaken = false
        var media: [MediaDescription] = []
        for (index, stream) in offered.media.enumerated() {
            var answer = stream.bare
            let maps = stream.namedPayloadTypes
            let events = maps.filter { $0.isEncoding("telephone-event") }
            let known =
                isChoosing
                ? (RTPMap.known(in: maps, to: codecs, isChoosing: true) + events).map(\.payloadType)
                : maps.filter { isKnown($0, codecs) }.map(\.payloadType)
            let isAudio = stream.kind == .audio && stream.port != 0 && stream.isPlainRTP
            if !isTaken && isAudio && known.contains(where: { !stream.isEvent($0) }) {
                isTaken = true
                answer.port = port
                answer.formats = known.map { Array(String($0).utf8) }
                answer.rtpMaps = answer.rtpMaps.filter { known.contains($0.payloadType) }
                let own = parameters(of: answer.rtpMaps)
                answer.formatParameters =
                    own
                    + answer.formatParameters.filter { theirs in
                        known.contains(theirs.payloadType) && !own.contains { $0.payloadType == theirs.payloadType }
                    }
                let direction = offered.isHold(index) ? .inactive : offered.direction(of: index).answered
                answer.direction = isHeld ? direction.deaf : direction
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
        map.isEncoding("telephone-event") || codecs.contains { $0.isSameCodec(as: map) }
    }

    /// What we say of those codecs that have parameters.
    private static func parameters(of codecs: [RTPMap]) -> [FormatParameters] {
        codecs.filter { $0.isEncoding("opus") }.map {
            FormatParameters(payloadType: $0.payloadType, value: opusParameters)
        }
    }
}

extension SessionDescription {
    /// Whether media line `index` has the old form of hold, the address 0.0.0.0 (RFC 3264 §8.4).
    func isHold(_ index: Int) -> Bool { address(of: index)?.isUnspecified ?? false }
}

extension MediaDescription {
    /// The stream with nothing but its transport and its formats.
    var bare: MediaDescription {
        var bare = self
        bare.connection = nil
        bare.rtcpPort = nil
        bare.rtcpAddress = nil
        bare.rtcpMux = false
        bare.packetTime = nil
        bare.otherLines = []
        return bare
    }

    /// What the payload types mean that have a meaning, in their order.
    var namedPayloadTypes: [RTPMap] { payloadTypes.compactMap { rtpMap(of: $0) } }

    fileprivate var isPlainRTP: Bool { transportProtocol.elementsEqual("RTP/AVP".utf8) }

    fileprivate func isEvent(_ payloadType: UInt8) -> Bool {
        rtpMap(of: payloadType)?.isEncoding("telephone-event") ?? false
    }
}

extension RTPMap {
    /// Whether both name the same codec, under whatever number. Opus has two channels in its name, whatever is sent
    /// (RFC 7587 §7).
    func isSameCodec(as other: RTPMap) -> Bool {
        clockRate == other.clockRate && isEncoding(named: other.encoding)
            && (channels == other.channels || isEncoding("opus"))
    }

    /// What of `theirs` is a codec of ours: in our order where we are choosing, else in theirs.
    static func known(in theirs: [RTPMap], to ours: [RTPMap], isChoosing: Bool) -> [RTPMap] {
        guard isChoosing else { return theirs.filter { map in ours.contains { $0.isSameCodec(as: map) } } }
        return ours.flatMap { own in theirs.filter { own.isSameCodec(as: $0) } }
    }
}
