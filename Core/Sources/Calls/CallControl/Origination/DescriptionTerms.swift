import Addresses
import SDP

/// What two descriptions have to agree about before media flow between their parties.
struct DescriptionTerms: Equatable, Sendable {
    struct Stream: Equatable, Sendable {
        var isRefused: Bool
        var direction: MediaDirection
        /// Formats as numbers and encodings; the order does not count.
        var formats: Set<Format>
        var address: IPAddress?
        var port: UInt16
    }

    struct Format: Hashable, Sendable {
        /// The payload type, or another format, as written.
        var name: [UInt8]
        /// The encoding in lower case; empty where none is told.
        var encoding: [UInt8]
        var clockRate: UInt32
    }

    /// The media lines; none where the description cannot be read.
    var streams: [Stream] = []

    init(_ description: [UInt8]) {
        guard let session = try? SessionDescription(parsing: description) else { return }
        for (index, media) in session.media.enumerated() {
            let formats = media.formats.map { name -> Format in
                let map = name.asPayloadType.flatMap { media.rtpMap(of: $0) }
                return Format(
                    name: name, encoding: map?.encoding.map { $0 &- 65 < 26 ? $0 | 0x20 : $0 } ?? [],
                    clockRate: map?.clockRate ?? 0)
            }
            var direction = session.direction(of: index)
            if session.isHold(index) { direction = direction.sends ? .sendOnly : .inactive }
            streams.append(
                Stream(
                    isRefused: media.port == 0, direction: direction, formats: Set(formats),
                    address: session.address(of: index), port: media.port))
        }
    }

    /// Whether one could be the answer to the other: the same streams with the same formats, and directions that fit.
    /// Descriptions of different length are no offer and answer of each other, and nothing can be made of them.
    func agrees(with other: DescriptionTerms) -> Bool {
        guard streams.count == other.streams.count else { return true }
        return zip(streams, other.streams).allSatisfy { mine, theirs in
            if mine.isRefused || theirs.isRefused { return mine.isRefused == theirs.isRefused }
            return mine.formats == theirs.formats && mine.direction == theirs.direction.answered
        }
    }

    /// Whether media to both go to the same addresses and ports.
    func hasSamePlaces(as other: DescriptionTerms) -> Bool {
        streams.elementsEqual(other.streams) { mine, theirs in
            mine.port == theirs.port && (mine.isRefused || mine.address == theirs.address)
        }
    }
}

extension [UInt8] {
    /// The number of a payload type, 0...127; nil for other formats.
    fileprivate var asPayloadType: UInt8? {
        guard !isEmpty, count <= 3 else { return nil }
        var value = 0
        for byte in self {
            guard byte &- 48 < 10 else { return nil }
            value = value * 10 + Int(byte &- 48)
        }
        return value < 128 ? UInt8(value) : nil
    }
}
