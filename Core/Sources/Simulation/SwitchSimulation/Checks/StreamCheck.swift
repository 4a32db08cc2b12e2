import Addresses
import SIPMessages

/// Judges what the switch sends over streams.
struct StreamCheck: Sendable {
    private struct Key: Hashable, Sendable {
        var peer: Endpoint
        var branch: [UInt8]
        var startLine: [UInt8]
    }

    private var sent: Set<Key> = []

    /// The switch has sent a message to a caller, over a stream or not.
    mutating func sent(
        _ message: SIPMessage, to peer: Endpoint, overStream: Bool, _ call: Int?, _ context: inout CheckContext
    ) {
        guard let call, context.isPhone(peer), context.plan.calls[call].usesStream else { return }
        if !overStream {
            context.violate(.nothingIsRepeatedOverStreams, "a datagram was sent to a caller on a stream", call: call)
        }
        let isRepeatable = message.method == .ack || (message.method == .invite && message.status?.isSuccess == true)
        let isProvisional = message.status?.isProvisional == true
        guard !isRepeatable, !isProvisional, let range = message.via.branch else { return }
        let end = message.bytes.firstIndex(of: 13) ?? 0
        let key = Key(peer: peer, branch: message.copy(range), startLine: Array(message.bytes[..<end]))
        if !sent.insert(key).inserted && context.plan.hostileMessages == 0 {
            context.violate(.nothingIsRepeatedOverStreams, "a message was sent twice over a stream", call: call)
        }
    }
}
