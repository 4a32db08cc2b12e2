import Addresses
import NIOCore
import Timeline

/// A request that is under way, on the client's loop.
final class OutboundExchange {
    /// How much of a body that nobody reads is waited for, so that the connection can be used again.
    private static let longestIgnored = 64 << 10

    let request: OutboundRequest
    let handle: SlotHandle
    let deadline: NIODeadline
    /// Addresses of the host that were not tried yet.
    var addresses: ArraySlice<IPAddress> = []
    /// Why the address before failed.
    var failure: OutboundFailure?
    /// The connection that carries it; nil before there is one.
    var connection: OutboundConnection?
    /// Whether it was sent again, for the connection had been closed before the request came.
    var isRepeated = false
    private(set) var answer = OutboundAnswer()
    private var count = 0
    private let completion: @Sendable (OutboundAnswer) -> Void

    init(
        _ request: OutboundRequest, _ handle: SlotHandle, deadline: NIODeadline,
        _ completion: @escaping @Sendable (OutboundAnswer) -> Void
    ) {
        self.request = request
        self.handle = handle
        self.deadline = deadline
        self.completion = completion
    }

    /// Takes the head of the answer: its status and the value of `Content-Type`, which is asked for only where it matters.
    func receive(status: Int, type: () -> String?) {
        answer.status = status
        switch request.keeping {
        case .all: answer.isKept = true
        case .none: answer.isKept = false
        case .xml:
            let type = type()?.prefix { $0 != ";" && $0 != " " }.lowercased()
            answer.isKept = type == "application/xml" || type == "text/xml"
        }
    }

    /// Takes a part of the body; false where nothing more is wanted.
    func receive(_ part: ByteBuffer) -> Bool {
        count += part.readableBytes
        guard answer.isKept else { return count <= Self.longestIgnored }
        answer.isTooLong = count > request.limit
        answer.body.append(contentsOf: part.readableBytesView.prefix(max(0, request.limit + 1 - answer.body.count)))
        return !answer.isTooLong
    }

    /// Tells whoever waits what came of it.
    func complete(_ failure: OutboundFailure?) {
        if let failure {
            answer.failure = failure
            answer.body = []
        }
        connection = nil
        completion(answer)
    }
}
