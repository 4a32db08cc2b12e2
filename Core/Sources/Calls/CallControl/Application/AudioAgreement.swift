import Addresses
import MediaSessions
import SDP

/// What the first audio stream of a party's description and our own codecs agree about.
struct AudioAgreement: Sendable {
    var terms: EndpointTerms
    /// The codecs that both know, in the party's order.
    var codecs: [RTPMap]

    /// nil where the description cannot be read, has no plain RTP audio, or no codec of ours. `source` is where the
    /// party's signalling comes from.
    init?(_ description: [UInt8], _ ours: [RTPMap], signalling source: IPAddress) {
        guard let summary = SDPSummary(scanning: description),
            let session = try? SessionDescription(parsing: description)
        else { return nil }
        for (index, stream) in session.media.enumerated() where stream.kind == .audio && stream.port != 0 {
            guard stream.transportProtocol.elementsEqual("RTP/AVP".utf8), summary.streams.indices.contains(index) else {
                continue
            }
            let maps = stream.payloadTypes.compactMap { stream.rtpMap(of: $0) }
            let known = maps.filter { map in ours.contains { $0.clockRate == map.clockRate && $0.hasEncoding(of: map) } }
            guard let first = known.first else { continue }
            let direction = session.direction(of: index)
            let isHeld = session.isHold(index)
            codecs = known
            terms = EndpointTerms(
                target: MediaStreamTarget(summary.streams[index], signallingSource: source),
                format: EndpointFormat(
                    payloadType: first.payloadType,
                    encoding: String(decoding: first.encoding, as: UTF8.self).uppercased(), clockRate: first.clockRate),
                eventPayloadType: maps.first { $0.isEncoding("telephone-event") && $0.clockRate == first.clockRate }?
                    .payloadType,
                isSending: !isHeld && direction.receives, isReceiving: direction.sends)
            return
        }
        return nil
    }
}

