import Addresses
import SIPMessages

/// One datagram: whatever it is, parsing and reading it must not trap; a good request must have a good answer, and a good
/// message must say the same after it was written again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMessage(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    do throws(SIPParseError) {
        let message = try MessageParser.parse(bytes)
        read(message)
        checkAnswer(to: message)
        checkRewriting(of: message)
    } catch {
        guard let partial = error.partial else { return 0 }
        read(partial)
        _ = MessageWriter.response(to: partial, status: error.status, receivedFrom: source, toTag: [120])
    }
    return 0
}

private let source = Endpoint(IPAddress(v4: 0xC000_0201), 5060)

private func read(_ message: SIPMessage) {
    try? message.validate()
    for name in HeaderName.allCases where message.headers.contains(name) {
        message.forEachValue(of: name) { value in
            _ = message.unfolded(value)
            _ = message.parameter("expires", in: value)
            _ = try? message.nameAddress(value, of: name)
            _ = try? message.uri(value)
        }
        _ = message.number(of: name)
        _ = message.hasToken(name, "x")
        _ = message.valueWithoutParameters(of: name)
    }
    _ = message.vias
    _ = message.requestTarget?.unescapedUser(in: message.bytes)
    _ = message.requestTarget?.hostAddress(in: message.bytes)
    _ = DigestCredentials.all(of: message, .authorization)
    _ = DigestChallenge.all(of: message, .wwwAuthenticate)
}

private func checkAnswer(to request: SIPMessage) {
    guard request.isRequest else { return }
    let bytes = MessageWriter.response(to: request, status: .ok, receivedFrom: source, toTag: [120])
    guard let answer = try? MessageParser.parse(bytes) else { preconditionFailure("the answer does not parse") }
    precondition(answer.copy(answer.callID) == request.copy(request.callID), "another Call-ID")
    precondition(answer.via.branch.map(answer.copy) == request.via.branch.map(request.copy), "another branch")
    precondition(answer.count(of: .via) == request.count(of: .via), "another number of Vias")
}

private func checkRewriting(of message: SIPMessage) {
    let once = rewritten(message)
    guard let second = try? MessageParser.parse(once) else { preconditionFailure("the copy does not parse") }
    precondition(second.copy(second.body) == message.copy(message.body), "another body")
    precondition(second.headers.count >= message.headers.count - message.count(of: .contentLength), "fields are lost")
    precondition(rewritten(second) == once, "the copy of the copy differs")
}

private func rewritten(_ message: SIPMessage) -> [UInt8] {
    var writer = MessageWriter()
    switch message.startLine {
    case .request(_, let method, let uri): writer.requestLine(method: message.copy(method), uri: message.copy(uri))
    case .response(let status, let reason): writer.statusLine(status, reason: message.copy(reason))
    }
    for position in message.headers.indices where message.headers[position].id != .contentLength {
        writer.copy(fieldAt: position, of: message)
    }
    return writer.finish(body: message.copy(message.body))
}
