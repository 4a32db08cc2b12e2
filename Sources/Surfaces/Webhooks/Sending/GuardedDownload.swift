import Addresses
import AsyncHTTPClient
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

    /// Most addresses of a host that are tried.
    private static let mostAddresses = 4

    private let guardian: AddressGuard
    private let resolver = HostResolver()
    private let clients: ReceiverClients

    /// `allowsPrivateAddresses` lets it fetch from loopback and private networks.
    public init(allowsPrivateAddresses: Bool) {
        guardian = AddressGuard(allowsPrivate: allowsPrivateAddresses)
        clients = ReceiverClients(MultiThreadedEventLoopGroup.singleton, connections: 8, authorities: [])
    }

    /// The bytes at a URL, at most `limit`, within `time`. Throws `Failure`.
    public func bytes(of text: String, upTo limit: Int, within time: Duration) async throws -> [UInt8] {
        guard let url = CallbackURL(text) else { throw Failure.badURL }
        let answer = await withCheckedContinuation { continuation in
            resolver.look(up: url.host) { continuation.resume(returning: $0) }
        }
        switch answer {
        case .failed(let reason): throw Failure.unavailable("the host \(url.host) was not found: \(reason)")
        case .addresses(let all):
            let permitted = all.filter { guardian.permits($0) }.prefix(Self.mostAddresses)
            guard !permitted.isEmpty else {
                throw Failure.unavailable(
                    "\(url.host) has no public address; set webhooks.allow_private_addresses to fetch from there")
            }
            return try await fetch(url, permitted, limit, time)
        }
    }

    private func fetch(
        _ url: CallbackURL, _ addresses: ArraySlice<IPAddress>, _ limit: Int, _ time: Duration
    ) async throws -> [UInt8] {
        var reason = "nobody answered"
        let end = ContinuousClock.now + time
        for address in addresses {
            let key = ReceiverClients.Key(host: url.host, address: address)
            let client = clients.client(key)
            defer { clients.release(key) }
            do {
                return try await fetch(url, client, limit, end - .now)
            } catch let failure as Failure {
                throw failure
            } catch {
                resolver.forget(url.host)
                reason = "\(error)"
            }
        }
        throw Failure.unavailable("\(url.host) did not answer: \(reason)")
    }

    private func fetch(
        _ url: CallbackURL, _ client: HTTPClient, _ limit: Int, _ time: Duration
    ) async throws -> [UInt8] {
        var request = HTTPClientRequest(url: url.url.absoluteString)
        if let authorization = url.authorization { request.headers.add(name: "Authorization", value: authorization) }
        let milliseconds = time.components.seconds * 1000 + time.components.attoseconds / 1_000_000_000_000_000
        let response = try await client.execute(request, timeout: .milliseconds(max(1, milliseconds)))
        guard response.status == .ok else {
            throw Failure.unavailable("\(url.host) answered \(response.status.code)")
        }
        do {
            let body = try await response.body.collect(upTo: limit)
            return Array(body.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw Failure.tooLong(limit)
        }
    }

    /// Ends all connections.
    public func stop() async {
        await clients.stop()
        await resolver.stop()
    }
}
