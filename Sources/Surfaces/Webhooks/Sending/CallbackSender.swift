import Addresses
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import SQLiteStore
import Synchronization

/// Sends callbacks: finds the receiver's address, checks it, and makes one request of HTTP.
final class CallbackSender: Sendable {
    /// How callbacks are sent.
    struct Settings: Sendable {
        /// Named in `User-Agent`.
        var build: String
        var allowsPrivateAddresses = false
        var signature: WebhookSignature?
        /// Certificates that are trusted beside those of the system.
        var authorities: [NIOSSLCertificate] = []
        /// Most connections to one host.
        var connections = 128
    }

    typealias Completion = @Sendable (AttemptResult) -> Void

    /// Most addresses of a host that are tried in one attempt.
    private static let mostAddresses = 4
    private static let mostParsed = 2048

    private let settings: Settings
    private let guardian: AddressGuard
    private let resolver = HostResolver()
    private let clients: ReceiverClients
    private let parsed = Mutex<[String: CallbackURL]>([:])

    init(_ settings: Settings, group: MultiThreadedEventLoopGroup) {
        self.settings = settings
        guardian = AddressGuard(allowsPrivate: settings.allowsPrivateAddresses)
        clients = ReceiverClients(group, connections: settings.connections, authorities: settings.authorities)
    }

    /// Ends all connections.
    func stop() async {
        await clients.stop()
        await resolver.stop()
    }

    /// The URL taken apart; those that are used again and again are remembered.
    func parse(_ text: String) -> CallbackURL? {
        if let known = parsed.withLock({ $0[text] }) { return known }
        guard let url = CallbackURL(text) else { return nil }
        parsed.withLock { parsed in
            if parsed.count >= Self.mostParsed { parsed.removeAll() }
            parsed[text] = url
        }
        return url
    }

    /// Sends `event` to `text`, and calls `completion` with what came of it, on any thread.
    func send(_ event: StoredEvent, to text: String, _ completion: @escaping Completion) {
        guard let url = parse(text) else { return completion(.failed("the URL is not an http or https URL")) }
        let timeout = TimeAmount.milliseconds(Int64(max(1, event.target.timeoutMilliseconds)))
        let attempt = Attempt(event: event, url: url, deadline: .now() + timeout, completion: completion)
        resolver.look(up: url.host) { [self] answer in
            switch answer {
            case .failed(let reason): completion(.failed("the host \(url.host) was not found: \(reason)"))
            case .addresses(let all):
                let permitted = all.filter { guardian.permits($0) }
                guard let first = permitted.first else {
                    return completion(.failed(Self.refusal(url.host, all)))
                }
                connect(attempt, first, others: permitted.dropFirst().prefix(Self.mostAddresses - 1))
            }
        }
    }

    private static func refusal(_ host: String, _ addresses: [IPAddress]) -> String {
        let list = addresses.prefix(mostAddresses).map(\.description).joined(separator: ", ")
        return "\(host) is \(list), which is not a public address; "
            + "set webhooks.allow_private_addresses to allow callbacks there"
    }

    /// One attempt, whichever of the host's addresses it goes to.
    private struct Attempt: Sendable {
        var event: StoredEvent
        var url: CallbackURL
        var deadline: NIODeadline
        var completion: Completion
    }

    private func connect(_ attempt: Attempt, _ address: IPAddress, others: ArraySlice<IPAddress>) {
        let key = ReceiverClients.Key(host: attempt.url.host, address: address)
        let request: HTTPClient.Request
        do {
            request = try self.request(attempt)
        } catch {
            return attempt.completion(.failed("\(error)"))
        }
        let reply = CallbackReply(keepsBody: attempt.event.target.isGet)
        clients.client(key).execute(request: request, delegate: reply, deadline: attempt.deadline).futureResult
            .whenComplete { [self] outcome in
                clients.release(key)
                guard case .failure(let error) = outcome else { return attempt.completion(reply.result(nil)) }
                let result = reply.result(error)
                if result.status == nil { resolver.forget(attempt.url.host) }
                guard Self.isRefusedConnection(error), let next = others.first, attempt.deadline > .now() else {
                    return attempt.completion(result)
                }
                connect(attempt, next, others: others.dropFirst())
            }
    }

    /// Whether nothing of the request can have reached the receiver.
    private static func isRefusedConnection(_ error: any Error) -> Bool {
        if error is NIOConnectionError { return true }
        return (error as? IOError)?.errnoCode == ECONNREFUSED || (error as? HTTPClientError) == .connectTimeout
    }

    private func request(_ attempt: Attempt) throws -> HTTPClient.Request {
        let event = attempt.event
        var headers = HTTPHeaders()
        headers.reserveCapacity(8)
        headers.add(name: "User-Agent", value: "BandwidthAPI/v1 (\(settings.build))")
        headers.add(name: "Accept", value: "*/*")
        if let authorization = attempt.url.authorization { headers.add(name: "Authorization", value: authorization) }
        let seconds = Int64(Date().timeIntervalSince1970)
        headers.add(name: "webhook-id", value: event.id)
        headers.add(name: "webhook-timestamp", value: String(seconds))
        if let signature = settings.signature {
            let content = event.target.isGet ? event.query ?? [] : event.body
            headers.add(
                name: "webhook-signature", value: signature.value(id: event.id, seconds: seconds, content: content))
        }
        guard event.target.isGet else {
            headers.add(name: "Content-Type", value: "application/json; charset=utf-8")
            return try HTTPClient.Request(
                url: attempt.url.url, method: .POST, headers: headers, body: .byteBuffer(ByteBuffer(bytes: event.body)))
        }
        let query = String(decoding: event.query ?? [], as: UTF8.self)
        return try HTTPClient.Request(
            url: attempt.url.adding(query: query) ?? attempt.url.url, method: .GET, headers: headers)
    }
}
