import Addresses
import SIPMessages
import Testing

/// What the tests do with a message over and over.
enum Exercise {
    /// Parses `bytes`, reads everything that can be read, and answers: nothing may trap. Gives a number so that nothing
    /// is optimised away.
    @discardableResult
    static func everything(_ bytes: [UInt8], with parser: inout MessageParser) -> Int {
        do throws(SIPParseError) {
            let message = try parser.parse(bytes)
            try message.validate()
            return read(message)
        } catch {
            return error.offset + (error.partial.map(read) ?? 0)
        }
    }

    private static func read(_ message: SIPMessage) -> Int {
        var sum = message.contacts.count + message.body.end + (message.requestTarget?.host.end ?? 0)
        sum += message.hasToken(.supported, "100rel") ? 1 : 0
        sum += Int(message.number(of: .expires) ?? 0) & 0xFF
        sum += message.parameter("tag", in: message.from.value)?.end ?? 0
        sum += message.unfolded(message.to.value).count
        guard message.isRequest else { return sum }
        return sum + MessageWriter.response(to: message, status: .ok, receivedFrom: source, toTag: [120]).count
    }

    static let source = Endpoint(IPAddress(v4: 0xCB00_71FE), 40_001)

    /// The message written field by field, Content-Length last.
    static func rewrite(_ message: SIPMessage) -> [UInt8] {
        var writer = MessageWriter()
        switch message.startLine {
        case .request(_, let method, let uri):
            writer.requestLine(method: message.copy(method), uri: message.copy(uri))
        case .response(let status, let reason):
            writer.statusLine(status, reason: message.copy(reason))
        }
        for position in message.headers.indices where message.headers[position].id != .contentLength {
            writer.copy(fieldAt: position, of: message)
        }
        return writer.finish(body: message.copy(message.body))
    }

    /// Start line, fields and body are the same, folds apart.
    static func expectSame(_ left: SIPMessage, _ right: SIPMessage) {
        #expect(left.method == right.method && left.status == right.status)
        #expect(left.copy(left.methodToken) == right.copy(right.methodToken))
        #expect(left.copy(left.requestURI) == right.copy(right.requestURI))
        #expect(left.copy(left.body) == right.copy(right.body))
        #expect(fields(left) == fields(right))
        #expect(left.cSeq.number == right.cSeq.number && left.maxForwards == right.maxForwards)
    }

    private static func fields(_ message: SIPMessage) -> [[UInt8]] {
        message.headers.filter { $0.id != .contentLength }.map { field in
            let name = field.id == .other ? message.copy(field.name) : [field.id.rawValue]
            return name + [58] + message.unfolded(field.value)
        }
    }

    /// The answer to a request, well formed or not, carries its identity back.
    static func expectAnswer(_ bytes: [UInt8]) throws {
        var request: SIPMessage?
        var status = StatusCode.ok
        do throws(SIPParseError) {
            request = try MessageParser.parse(bytes)
        } catch {
            request = error.partial
            status = error.status
        }
        guard let request, request.isRequest else { return }
        let written = MessageWriter.response(
            to: request, status: status, receivedFrom: source, toTag: Array("mine".utf8))
        var answer: SIPMessage?
        do throws(SIPParseError) {
            answer = try MessageParser.parse(written)
        } catch {
            #expect(status != .ok, "the answer to a good request must parse: \(error.reason) at \(error.offset)")
        }
        guard let answer else { return }
        #expect(answer.status == status)
        #expect(answer.copy(answer.callID) == request.copy(request.callID))
        #expect(answer.unfolded(answer.from.value) == request.unfolded(request.from.value))
        #expect(answer.to.tag != nil)
        #expect(answer.count(of: .via) == request.count(of: .via))
        #expect(answer.via.branch.map(answer.copy) == request.via.branch.map(request.copy))
        #expect(answer.via.received.map(answer.copy) == Array("203.0.113.254".utf8))
    }
}
