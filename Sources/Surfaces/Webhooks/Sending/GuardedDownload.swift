import Foundation
import NIOCore
import NIOPosix

/// Fetches files that users name, with the same care as callbacks: only from public addresses unless all are allowed, the
/// address that was checked being the one that is connected to; no redirects, certificates checked, bounded in size and
/// time.
public final class GuardedDownload: Sendable {
    /// Why a file was not fetched.
    public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        case badURL
        /// The host was not found, may not be asked, or did not answer as wanted; with the reason.
        case unavailable(String)
        case tooLong(Int)

        public var description: String {
            switch self {
            case .badURL: "it is no http or https URL"
            case .unavailable(let reason): reason
            case .tooLong(let limit): "it is longer than \(limit) bytes"
            }
        }
    }

    private let client: OutboundClient

    /// `allowsPrivateAddresses` lets it fetch from loopback and private networks.
    public init(allowsPrivateAddresses: Bool) {
        client = OutboundClient(
            on: MultiThreadedEventLoopGroup.singleton.next(), allowsPrivateAddresses: allowsPrivateAddresses)
    }

    /// The bytes at a URL, at most `limit`, within `time`. Throws `Failure`.
    public func bytes(of text: String, upTo limit: Int, within time: Duration) async throws(Failure) -> [UInt8] {
        guard let url = CallbackURL(text) else { throw .badURL }
        var fields = "Host: \(url.hostField)\r\nAccept: */*\r\n"
        if let authorization = url.authorization { fields += "Authorization: \(authorization)\r\n" }
        let request = OutboundRequest(
            url: url, isGet: true, bytes: ByteBuffer(string: "GET \(url.target) HTTP/1.1\r\n\(fields)\r\n"),
            timeout: TimeAmount(time), keeping: .all, limit: limit)
        let answer = await withCheckedContinuation { continuation in
            client.send(request) { continuation.resume(returning: $0) }
        }
        if let status = answer.status, status != 200 { throw .unavailable("\(url.host) answered \(status)") }
        if let failure = answer.failure { throw .unavailable("\(url.host) did not answer: \(failure)") }
        guard !answer.isTooLong else { throw .tooLong(limit) }
        return answer.body
    }

    /// Ends all connections.
    public func stop() async { await client.stop() }
}
