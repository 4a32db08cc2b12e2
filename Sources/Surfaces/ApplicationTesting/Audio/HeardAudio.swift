import Audio
import RTP
import TestPhone
import Timeline

/// What one party has heard in one call, on the time line of the test.
struct HeardAudio {
    /// A digit that came as a telephone event.
    struct Digit {
        var character: Character
        var at: Instant
    }

    /// When the first sample was heard.
    private(set) var origin: Instant?
    private(set) var samples: [Int16] = []
    private(set) var digits: [Digit] = []
    private var lastEvent: (source: SSRC, timestamp: RTPTimestamp)?

    /// The moment of a sample.
    func instant(of position: Int) -> Instant {
        (origin ?? .zero) + .nanoseconds(Int64(position) * 125_000)
    }

    /// Takes an RTP packet.
    mutating func receive(_ bytes: UnsafeRawBufferPointer, eventPayloadType: UInt8?, at now: Instant) {
        guard let packet = RTPDatagram(parsing: Array(bytes)) else { return }
        if let eventPayloadType, packet.payloadType == eventPayloadType {
            return receiveEvent(packet, at: now)
        }
        guard let codec = G711Codec(rawValue: packet.payloadType) else { return }
        if origin == nil { origin = now + .milliseconds(-20) }
        let gap = Int((now - instant(of: samples.count + packet.payload.count)).nanoseconds / 125_000)
        // What takes longer than three packets was silence; less is the network.
        if gap > 480 { samples.append(contentsOf: repeatElement(0, count: gap)) }
        let table = codec == .pcmu ? MuLaw.decodingTable : ALaw.decodingTable
        samples.reserveCapacity(samples.count + packet.payload.count)
        table.withUnsafeBufferPointer { table in
            for code in packet.payload { samples.append(table[Int(code)]) }
        }
    }

    private mutating func receiveEvent(_ packet: RTPDatagram, at now: Instant) {
        guard let event = TelephoneEvent(parsing: packet.payload), let digit = event.digit else { return }
        if let lastEvent, lastEvent == (packet.source, packet.timestamp) { return }
        lastEvent = (packet.source, packet.timestamp)
        digits.append(Digit(character: Character(Unicode.Scalar(digit)), at: now))
    }
}
