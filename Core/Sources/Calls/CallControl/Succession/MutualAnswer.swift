import SDP

/// What two parties who have both made an offer can be told: each one's description becomes the answer to the other's.
enum MutualAnswer {
    /// An answer to `offer` made of what the other party has described: media line by media line (RFC 3264 §6), with the
    /// formats that both know. nil where the two have no stream in common, or one of them cannot be read.
    static func answer(_ offer: [UInt8], with description: [UInt8]) -> [UInt8]? {
        guard let offered = try? SessionDescription(parsing: offer),
            var answer = try? SessionDescription(parsing: description)
        else { return nil }
        var isCommon = false
        let media = offered.media.indices.map { index -> MediaDescription in
            guard answer.media.indices.contains(index),
                var stream = answer.media[index].narrowed(to: offered.media[index])
            else { return offered.media[index].refused }
            stream.direction = answer.direction(of: index).answering(offered.direction(of: index))
            isCommon = true
            return stream
        }
        guard isCommon else { return nil }
        answer.media = media
        return answer.serialized()
    }
}

extension MediaDescription {
    /// The stream with those formats alone that the other one has, too; nil where none of them carries anything, or the
    /// two are of different kinds.
    fileprivate func narrowed(to other: MediaDescription) -> MediaDescription? {
        guard kind == other.kind, transportProtocol == other.transportProtocol, port != 0, other.port != 0 else {
            return nil
        }
        var narrowed = self
        if transportProtocol.starts(with: "RTP/".utf8) {
            let known = RTPMap.known(in: namedPayloadTypes, to: other.namedPayloadTypes, isChoosing: false)
            guard known.contains(where: { !$0.isEncoding("telephone-event") }) else { return nil }
            let kept = Set(known.map(\.payloadType))
            narrowed.formats = known.map { Array(String($0.payloadType).utf8) }
            narrowed.rtpMaps.removeAll { !kept.contains($0.payloadType) }
            narrowed.formatParameters.removeAll { !kept.contains($0.payloadType) }
        } else {
            narrowed.formats = formats.filter { other.formats.contains($0) }
            if narrowed.formats.isEmpty { return nil }
        }
        return narrowed
    }

    /// The answer that refuses the stream.
    fileprivate var refused: MediaDescription {
        var refused = bare
        refused.port = 0
        return refused
    }
}
