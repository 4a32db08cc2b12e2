import Addresses
import Audio
import MediaSessions
import SDP

/// What the first audio stream of a party's description and our own codecs agree about.
struct AudioTerms: Sendable {
    /// Where the party wants its audio.
    var target: MediaStreamTarget
    var agreement: AudioAgreement
    /// The description at a glance.
    let summary: SDPSummary
    /// Names of the codecs that both know, the one in use first.
    var names: [[UInt8]]

    /// nil where the description cannot be read, has no plain RTP audio, or no codec of ours. `source` is where the
    /// party's signalling comes from; who is choosing takes his own order, not the party's.
    init?(_ description: [UInt8], _ ours: [RTPMap], isChoosing: Bool = false, signalling source: IPAddress) {
        guard let summary = SDPSummary(scanning: description),
            let session = try? SessionDescription(parsing: description)
        else { return nil }
        for (index, stream) in session.media.enumerated() where stream.kind == .audio && stream.port != 0 {
            guard stream.transportProtocol.elementsEqual("RTP/AVP".utf8), summary.streams.indices.contains(index) else {
                continue
            }
            let maps = stream.namedPayloadTypes
            let known = RTPMap.known(in: maps, to: ours, isChoosing: isChoosing)
            guard let first = known.first else { continue }
            let isHeld = session.isHold(index)
            let events = maps.filter { $0.isEncoding("telephone-event") }
            // There are parties that count events at 8 kHz beside every codec.
            let event = events.first { $0.clockRate == first.clockRate } ?? events.first
            target = MediaStreamTarget(summary.streams[index], signallingSource: source)
            agreement = AudioAgreement(
                Self.formats(known, ours), telephoneEvents: event?.payloadType,
                isSending: !isHeld && session.direction(of: index).receives)
            if let event { agreement.eventClockRate = event.clockRate }
            names = known.map(\.encoding)
            self.summary = summary
            return
        }
        return nil
    }

    /// What is sent under the party's numbers, and may come under ours, too (RFC 3264 §5.1).
    private static func formats(_ known: [RTPMap], _ ours: [RTPMap]) -> [AudioAgreement.Format] {
        var formats = known.map { AudioAgreement.Format($0.payloadType, AudioCodec($0)) }
        for map in ours where known.contains(where: { $0.isSameCodec(as: map) }) {
            guard !formats.contains(where: { $0.payloadType == map.payloadType }) else { continue }
            formats.append(AudioAgreement.Format(map.payloadType, AudioCodec(map)))
        }
        return formats
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
