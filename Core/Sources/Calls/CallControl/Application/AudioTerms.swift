import Addresses
import Audio
import MediaSessions
import SDP

/// What the first audio stream of a party's description and our own codecs agree about.
struct AudioTerms: Sendable {
    /// Where the party wants its audio.
    var target: MediaStreamTarget
    var agreement: AudioAgreement
    /// Names of the codecs that both know, in the party's order.
    var names: [[UInt8]]

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
            let known = maps.filter { map in
                ours.contains { $0.clockRate == map.clockRate && $0.hasEncoding(of: map) }
            }
            guard let first = known.first else { continue }
            let isHeld = session.isHold(index)
            let events = maps.first { $0.isEncoding("telephone-event") && $0.clockRate == first.clockRate }
            target = MediaStreamTarget(summary.streams[index], signallingSource: source)
            agreement = AudioAgreement(
                known.map { AudioAgreement.Format($0.payloadType, AudioCodec($0)) },
                telephoneEvents: events?.payloadType, isSending: !isHeld && session.direction(of: index).receives)
            names = known.map(\.encoding)
            return
        }
        return nil
    }
}

extension AudioCodec {
    /// The codec that a description names.
    init(_ map: RTPMap) {
        if map.isEncoding("pcmu") {
            self = .g711(.pcmu)
        } else if map.isEncoding("pcma") {
            self = .g711(.pcma)
        } else if map.isEncoding("l16"), map.channels == 1 {
            self = .linear(SampleRate(rawValue: map.clockRate))
        } else {
            self = .external(
                name: String(decoding: map.encoding, as: UTF8.self).lowercased(), clockRate: map.clockRate)
        }
    }
}
