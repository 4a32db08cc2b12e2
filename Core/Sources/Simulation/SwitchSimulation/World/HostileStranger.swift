import SIPMessages
import Timeline

/// Somebody on the network who sends what nobody asked for: garbage, stray requests and responses, and copies of what
/// he has overheard with a byte changed.
struct HostileStranger: Sendable {
    private var dice: IdentifierSource
    private var overheard: [[UInt8]] = []

    init(seed: UInt64) { dice = IdentifierSource(seed: seed) }

    /// Takes note of a message that somebody sent to the switch.
    mutating func overhear(_ bytes: [UInt8]) {
        if overheard.count < 24 { overheard.append(bytes) } else { overheard[dice.number(below: 24)] = bytes }
    }

    /// His next message.
    mutating func message() -> [UInt8] {
        switch dice.number(below: 6) {
        case 0: return (0..<dice.number(below: 300)).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
        case 1: return stray([.ack, .bye, .cancel, .info, .options, .update][dice.number(below: 6)])
        case 2: return strayResponse()
        default: return mutated()
        }
    }

    private mutating func stray(_ method: Method) -> [UInt8] {
        var writer = MessageWriter()
        writer.requestLine(method, uri: Array("sip:nobody@\(SimulatedAddresses.server)".utf8))
        fields(method, &writer)
        return writer.finish()
    }

    private mutating func strayResponse() -> [UInt8] {
        var writer = MessageWriter()
        writer.statusLine([.trying, .ok, .busyHere][dice.number(below: 3)])
        fields([.invite, .bye, .cancel][dice.number(below: 3)], &writer)
        return writer.finish()
    }

    private mutating func fields(_ method: Method, _ writer: inout MessageWriter) {
        var token: [UInt8] = []
        dice.appendToken(count: 10, to: &token)
        writer.header(.via, Array("SIP/2.0/UDP \(SimulatedAddresses.stranger);branch=z9hG4bK".utf8) + token)
        writer.header(.from, Array("<sip:stranger@example.org>;tag=".utf8) + token)
        writer.header(.to, Array("<sip:nobody@example.org>;tag=x".utf8) + token)
        writer.header(.callID, token)
        writer.header(.cSeq, Array("1 \(method.token)".utf8))
        writer.header(.maxForwards, 70)
    }

    /// Something overheard with a byte changed, or cut short, or as it was.
    private mutating func mutated() -> [UInt8] {
        guard !overheard.isEmpty else { return stray(.bye) }
        var bytes = overheard[dice.number(below: overheard.count)]
        guard !bytes.isEmpty else { return bytes }
        switch dice.number(below: 4) {
        case 0: bytes.removeLast(dice.number(below: bytes.count))
        case 1: break
        default: bytes[dice.number(below: bytes.count)] = UInt8(truncatingIfNeeded: 32 + dice.next() % 95)
        }
        return bytes
    }
}
