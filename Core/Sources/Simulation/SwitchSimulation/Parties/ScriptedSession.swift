import Addresses
import SIPMessages

/// The media side of a scripted party: it only writes and counts descriptions.
struct ScriptedSession: Sendable {
    let address: IPAddress
    let id: UInt64
    var port: UInt16
    var streams = 1
    var version: UInt64 = 0
    var isHolding = false

    /// An offer with the party's present wishes.
    mutating func offer() -> [UInt8] { description(streams: streams, direction: isHolding ? "sendonly" : "sendrecv") }

    /// The answer to an offer: as many media lines, and the direction turned round.
    mutating func answer(to offer: [UInt8]) -> [UInt8] {
        streams = max(1, Self.streamCount(of: offer))
        let isHeld = Self.contains("a=sendonly", in: offer)
        let isInactive = Self.contains("a=inactive", in: offer)
        return description(
            streams: streams,
            direction: isInactive || (isHeld && isHolding) ? "inactive" : isHeld ? "recvonly" : "sendrecv")
    }

    mutating func apply(_ change: CallConduct.Change) {
        switch change {
        case .hold: isHolding = true
        case .resume: isHolding = false
        case .move: port = port &+ 2
        case .addStream: streams = min(streams + 1, 3)
        case .askForOffer: break
        }
    }

    private mutating func description(streams: Int, direction: StaticString) -> [UInt8] {
        version += 1
        var writer = MessageWriter(reserving: 256)
        writer.append("v=0\r\no=- ")
        writer.append(id)
        writer.append(" ")
        writer.append(version)
        writer.append(" IN IP4 ")
        writer.append(address)
        writer.append("\r\ns=-\r\nc=IN IP4 ")
        writer.append(address)
        writer.append("\r\nt=0 0\r\n")
        for stream in 0..<streams {
            writer.append(stream == 0 ? "m=audio " : "m=video ")
            writer.append(port &+ UInt16(truncatingIfNeeded: 2 * stream))
            writer.append(stream == 0 ? " RTP/AVP 8 0\r\na=" : " RTP/AVP 34\r\na=")
            writer.append(direction)
            writer.append("\r\n")
        }
        return writer.bytes
    }

    private static func streamCount(of description: [UInt8]) -> Int {
        var count = 0
        for (position, byte) in description.enumerated() where byte == UInt8(ascii: "m") {
            let isLine = position == 0 || description[position - 1] == 10
            if isLine && position + 1 < description.count && description[position + 1] == UInt8(ascii: "=") {
                count += 1
            }
        }
        return min(count, 8)
    }

    private static func contains(_ text: StaticString, in bytes: [UInt8]) -> Bool {
        ByteSearch.contains(text, in: bytes)
    }
}
