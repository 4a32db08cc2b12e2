import SIPMessages
import Testing

/// The traps of RFC 4475 and RFC 5118 in messages of our own.
@Suite struct OwnMessageTests {
    @Test("each message of our own gets its verdict", arguments: OwnMessage.all)
    func verdict(_ own: OwnMessage) {
        let isResponse = own.bytes.starts(with: Array("SIP/".utf8))
        do throws(SIPParseError) {
            let message = try MessageParser.parse(own.bytes)
            try message.validate()
            #expect(own.refusal == nil)
            #expect(message.isRequest != isResponse)
        } catch {
            #expect(
                error.status.rawValue == own.refusal,
                "\(error.reason) at \(error.offset) in \(String(describing: error.header))")
            #expect((error.partial != nil) == !isResponse)
        }
    }

    @Test("what is parsed and written again says the same", arguments: OwnMessage.all.filter { $0.refusal == nil })
    func roundTrip(_ own: OwnMessage) throws {
        let message = try MessageParser.parse(own.bytes)
        let rewritten = try MessageParser.parse(Exercise.rewrite(message))
        Exercise.expectSame(message, rewritten)
        #expect(Exercise.rewrite(rewritten) == rewritten.bytes)
    }

    @Test("the answer to each request parses and goes to where it came from", arguments: OwnMessage.all)
    func answers(_ own: OwnMessage) throws {
        try Exercise.expectAnswer(own.bytes)
    }
}
