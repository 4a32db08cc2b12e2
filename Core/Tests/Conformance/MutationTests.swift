import SIPMessages
import Testing
import Timeline

/// Damaged messages: every prefix, every flipped bit and every cut of all messages, ours and the archives'.
@Suite struct MutationTests {
    private static let own: [[UInt8]] = OwnMessage.all.map(\.bytes)
    private static let archives: [[UInt8]] = ["rfc4475", "rfc5118-wire"].flatMap { set in
        ConformanceMaterial.names(set).map { ConformanceMaterial.message(set, $0) }
    }
    private static let messages: [[UInt8]] = own + archives
    /// About 200,000 bits: the archives', or where they are absent our own.
    private static let flipped: [[UInt8]] = archives.isEmpty ? own : archives

    @Test("no prefix of any message traps")
    func prefixes() {
        var parser = MessageParser()
        var sum = 0
        for message in Self.messages {
            for length in 0..<message.count { sum &+= Exercise.everything(Array(message[..<length]), with: &parser) }
        }
        #expect(sum != 0)
    }

    @Test("no flipped bit of any message traps", arguments: 0..<8)
    func flippedBits(bit: Int) {
        var parser = MessageParser()
        var sum = 0
        for message in Self.flipped {
            for position in message.indices {
                var damaged = message
                damaged[position] ^= 1 << UInt8(bit)
                sum &+= Exercise.everything(damaged, with: &parser)
            }
        }
        #expect(sum != 0)
    }

    @Test("random damage of any kind does not trap")
    func randomDamage() {
        var dice = IdentifierSource(seed: 20_251)
        var parser = MessageParser()
        var sum = 0
        for _ in 0..<30_000 {
            var message = Self.messages[dice.number(below: Self.messages.count)]
            for _ in 0...dice.number(below: 5) { Self.damage(&message, &dice) }
            sum &+= Exercise.everything(message, with: &parser)
        }
        #expect(sum != 0)
    }

    private static func damage(_ message: inout [UInt8], _ dice: inout IdentifierSource) {
        guard message.count > 2 else { return }
        let position = dice.number(below: message.count)
        let length = min(dice.number(below: 12) + 1, message.count - position)
        switch dice.number(below: 6) {
        case 0: message[position] = UInt8(dice.number(below: 256))
        case 1: message.insert(UInt8(dice.number(below: 256)), at: position)
        case 2: message.removeSubrange(position..<position + length)
        case 3: message.insert(contentsOf: message[position..<position + length], at: dice.number(below: message.count))
        case 4: message.insert(contentsOf: Array("\"<>;,@[]%:\\\r\n ".utf8).shuffled(using: &dice), at: position)
        default:
            let other = messages[dice.number(below: messages.count)]
            let start = dice.number(below: other.count)
            message.insert(contentsOf: other[start..<min(start + 40, other.count)], at: position)
        }
    }

    @Test("every cut of a stream gives the same messages")
    func cuts() {
        for message in Self.messages {
            let stream = message + [13, 10, 13, 10] + OwnMessage.all[0].bytes
            let whole = Self.frames([stream])
            for cut in 1..<stream.count {
                let parts = Self.frames([Array(stream[..<cut]), Array(stream[cut...])])
                #expect(parts == whole, "cut at \(cut)")
            }
            #expect(Self.frames(stream.map { [$0] }) == whole)
        }
    }

    private struct Frames: Equatable {
        var messages: [[UInt8]] = []
        var pings = 0
        var failure: SIPParseError.Reason?
    }

    private static func frames(_ parts: [[UInt8]]) -> Frames {
        var framer = StreamFramer()
        var result = Frames()
        for part in parts {
            framer.append(part)
            do throws(SIPParseError) {
                while let message = try framer.next() { result.messages.append(message) }
            } catch {
                result.failure = error.reason
            }
        }
        result.pings = framer.takePings()
        return result
    }
}
