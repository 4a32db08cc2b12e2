import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Takes the answer to a callback: the status, and the body where it matters, up to a limit. It matters in the answer to a
/// GET, and in that to a POST which says that it is XML.
final class CallbackReply: HTTPClientResponseDelegate {
    typealias Response = Void

    /// Longest BXML document.
    static let longestDocument = 16 << 10
    /// How much of a body that nobody reads is waited for, so that the connection can be used again.
    private static let longestIgnored = 64 << 10

    private struct TooLong: Error {}

    private struct State {
        var keepsBody: Bool
        var status: Int?
        var body: [UInt8] = []
        var count = 0
        var isTooLong = false
    }

    private let state: Mutex<State>

    init(keepsBody: Bool) { state = Mutex(State(keepsBody: keepsBody)) }

    func didReceiveHead(task: HTTPClient.Task<Void>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        let type = head.headers.first(name: "Content-Type")?.prefix { $0 != ";" && $0 != " " }.lowercased()
        state.withLock { state in
            state.status = Int(head.status.code)
            if type == "application/xml" || type == "text/xml" { state.keepsBody = true }
        }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<Void>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        let isTooLong = state.withLock { state in
            state.count += buffer.readableBytes
            state.isTooLong = state.count > (state.keepsBody ? Self.longestDocument : Self.longestIgnored)
            if state.keepsBody, !state.isTooLong { state.body.append(contentsOf: buffer.readableBytesView) }
            return state.isTooLong
        }
        return isTooLong
            ? task.eventLoop.makeFailedFuture(TooLong()) : task.eventLoop.makeSucceededVoidFuture()
    }

    func didFinishRequest(task: HTTPClient.Task<Void>) throws {}

    /// The result, where the exchange ended with `failure` or without one.
    func result(_ failure: (any Error)?) -> AttemptResult {
        state.withLock { state in
            guard let status = state.status else { return .failed(Self.words(failure)) }
            var result = AttemptResult()
            result.status = status
            if !(200..<300).contains(status) { result.error = "answered \(status)" }
            guard state.keepsBody else { return result }
            if state.isTooLong {
                result.error = "the document is longer than \(Self.longestDocument) bytes and was discarded"
            } else if let failure {
                result.isBroken = true
                result.error = "the answer broke off: \(Self.words(failure))"
            } else {
                result.body = state.body
            }
            return result
        }
    }

    private static func words(_ failure: (any Error)?) -> String {
        switch failure {
        case nil: "no answer"
        case let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout: "timed out"
        case let error as HTTPClientError where error == .connectTimeout: "no connection in time"
        case let error as HTTPClientError where error == .remoteConnectionClosed: "the receiver closed the connection"
        case let error as HTTPClientError where error == .cancelled: "the switch stopped"
        case let error?: "\(error)"
        }
    }
}
