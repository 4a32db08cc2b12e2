import Addresses
import SIPMessages
import Timeline

/// Judges each message that the switch sends by itself and against those before it.
struct MessageCheck: Sendable {
    private struct Branch: Sendable {
        var method: Method
        var bytes: [UInt8]
    }

    private struct DialogName: Hashable, Sendable {
        var callID: [UInt8]
        var toTag: [UInt8]
    }

    private var branches: [[UInt8]: [Branch]] = [:]
    private var numbers: [DialogName: UInt32] = [:]

    mutating func sent(
        _ bytes: [UInt8], _ message: SIPMessage?, to peer: Endpoint, _ call: Int?, _ context: inout CheckContext
    ) {
        if !context.isParty(peer) && context.plan.hostileMessages == 0 {
            context.violate(.knownPeersOnly, "a message was sent to \(peer)", call: call)
        }
        // A stranger's malformed request is answered with what there is of its header fields.
        guard context.isPhone(peer) || context.isVendor(peer) else { return }
        guard let message else {
            return context.violate(.messagesRoundTrip, "a message that does not parse was sent", call: call)
        }
        if context.step % 4 == 0 && Self.rewritten(message) != bytes {
            context.violate(.messagesRoundTrip, "written again the message differs", call: call)
        }
        checkLeaks(message, peer, call, &context)
        if message.isRequest { checkRequest(message, call, &context) }
    }

    private static func rewritten(_ message: SIPMessage) -> [UInt8] {
        var writer = MessageWriter(reserving: message.bytes.count)
        switch message.startLine {
        case .request(_, let method, let uri): writer.requestLine(method: message.copy(method), uri: message.copy(uri))
        case .response(let status, let reason): writer.statusLine(status, reason: message.copy(reason))
        }
        for position in message.headers.indices { writer.copy(fieldAt: position, of: message) }
        writer.end()
        return writer.bytes + message.copy(message.body)
    }

    private func checkLeaks(_ message: SIPMessage, _ peer: Endpoint, _ call: Int?, _ context: inout CheckContext) {
        let isToVendor = context.isVendor(peer)
        guard isToVendor || context.isPhone(peer) else { return }
        if ByteSearch.contains(isToVendor ? "9.c" : "9.v", in: message.bytes) {
            context.violate(.legsDoNotLeak, "a name of the other leg was sent", call: call)
        }
        let searched = context.plan.relays ? message.bytes.count : message.body.start
        let isLeaked =
            isToVendor
            ? ByteSearch.contains("10.16.", in: message.bytes, first: searched)
                || ByteSearch.contains("10.17.", in: message.bytes, first: searched)
            : ByteSearch.contains("10.2.", in: message.bytes, first: searched)
                || ByteSearch.contains("10.66.", in: message.bytes)
        if isLeaked { context.violate(.legsDoNotLeak, "an address of the other leg was sent", call: call) }
    }

    private mutating func checkRequest(_ message: SIPMessage, _ call: Int?, _ context: inout CheckContext) {
        guard let range = message.via.branch else {
            return context.violate(.branchesAreUnique, "a request without branch was sent", call: call)
        }
        let branch = message.copy(range)
        let known = branches[branch] ?? []
        if let same = known.first(where: { $0.method == message.method }) {
            if same.bytes != message.bytes {
                context.violate(.branchesAreUnique, "a branch names two requests", call: call)
            }
            return
        }
        let isDerived = message.method == .ack || message.method == .cancel
        if let first = known.first, !(first.method == .invite && isDerived) {
            context.violate(.branchesAreUnique, "a branch is used for two methods", call: call)
        }
        branches[branch, default: []].append(Branch(method: message.method, bytes: message.bytes))
        if !isDerived { checkNumber(message, call, &context) }
    }

    private mutating func checkNumber(_ message: SIPMessage, _ call: Int?, _ context: inout CheckContext) {
        let callID = message.copy(message.callID)
        let tag = message.to.tag.map { message.copy($0) } ?? []
        let opening = numbers[DialogName(callID: callID, toTag: [])]
        let name = DialogName(callID: callID, toTag: tag)
        let last = max(numbers[name] ?? 0, opening ?? 0)
        if message.cSeq.number <= last {
            context.violate(.cSeqRises, "CSeq \(message.cSeq.number) follows \(last)", call: call)
        }
        numbers[name] = max(last, message.cSeq.number)
    }
}
