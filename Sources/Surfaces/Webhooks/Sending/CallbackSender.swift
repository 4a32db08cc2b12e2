import NIOCore
import NIOSSL
import SQLiteStore
import Synchronization
import Timeline

/// Sends callbacks: writes each as one request, and says what its answer means.
final class CallbackSender: Sendable {
    /// How callbacks are sent.
    struct Settings: Sendable {
        /// Named in `User-Agent`.
        var build: String
        var allowsPrivateAddresses = false
        /// Whether bodies of answers to a POST are kept where they are XML; those to a GET always are.
        var documentsByPost = false
        var signature: WebhookSignature?
        /// Certificates that are trusted beside those of the system.
        var authorities: [NIOSSLCertificate] = []
    }

    typealias Completion = @Sendable (AttemptResult) -> Void

    /// A URL and what is the same in all requests to it.
    private final class Receiver: Sendable {
        let url: CallbackURL
        /// The fields of every request, each with its end of line.
        let fields: String
        /// Everything of a POST before what differs from event to event.
        let postHead: String

        init(_ url: CallbackURL, build: String) {
            var fields = "Host: \(url.hostField)\r\nUser-Agent: BandwidthAPI/v1 (\(build))\r\nAccept: */*\r\n"
            if let authorization = url.authorization { fields += "Authorization: \(authorization)\r\n" }
            self.url = url
            self.fields = fields
            postHead = "POST \(url.target) HTTP/1.1\r\n\(fields)Content-Type: application/json; charset=utf-8\r\n"
        }
    }

    /// Longest BXML document.
    static let longestDocument = 16 << 10
    private static let mostParsed = 2048

    private let settings: Settings
    private let client: OutboundClient
    private let receivers = Mutex<[String: Receiver]>([:])

    /// Sends on `loop`; names are looked up by `resolver`.
    init(_ settings: Settings, on loop: any EventLoop, resolver: HostResolver = HostResolver()) {
        self.settings = settings
        client = OutboundClient(
            on: loop, allowsPrivateAddresses: settings.allowsPrivateAddresses, authorities: settings.authorities,
            resolver: resolver)
    }

    /// Ends all connections; what is under way fails.
    func stop() async { await client.stop() }

    /// The URL taken apart; those that are used again and again are remembered.
    func parse(_ text: String) -> CallbackURL? { receiver(text)?.url }

    private func receiver(_ text: String) -> Receiver? {
        if let known = receivers.withLock({ $0[text] }) { return known }
        guard let url = CallbackURL(text) else { return nil }
        let receiver = Receiver(url, build: settings.build)
        receivers.withLock { receivers in
            if receivers.count >= Self.mostParsed { receivers.removeAll() }
            receivers[text] = receiver
        }
        return receiver
    }

    /// Sends `event` to `text`, and calls `completion` with what came of it.
    func send(_ event: StoredEvent, to text: String, _ completion: @escaping Completion) {
        guard let receiver = receiver(text) else {
            return completion(.failed("the URL is not an http or https URL"))
        }
        let request = OutboundRequest(
            url: receiver.url, isGet: event.target.isGet, bytes: bytes(of: event, to: receiver),
            timeout: .milliseconds(Int64(max(1, event.target.timeoutMilliseconds))),
            keeping: event.target.isGet ? .all : settings.documentsByPost ? .xml : .none, limit: Self.longestDocument)
        client.send(request) { completion(AttemptResult($0)) }
    }

    private func bytes(of event: StoredEvent, to receiver: Receiver) -> ByteBuffer {
        let query = event.target.isGet ? event.query ?? [] : []
        var bytes = ByteBuffer()
        bytes.reserveCapacity(receiver.postHead.utf8.count + query.count + event.body.count + 256)
        if event.target.isGet {
            let target = receiver.url.target(adding: String(decoding: query, as: UTF8.self))
            bytes.writeString("GET \(target) HTTP/1.1\r\n")
            bytes.writeString(receiver.fields)
        } else {
            bytes.writeString(receiver.postHead)
        }
        let seconds = UTCTime.nowMilliseconds / 1000
        bytes.writeStaticString("webhook-id: ")
        bytes.writeString(event.id)
        bytes.writeStaticString("\r\nwebhook-timestamp: ")
        bytes.writeString(String(seconds))
        if let signature = settings.signature {
            let content = event.target.isGet ? query : event.body
            bytes.writeStaticString("\r\nwebhook-signature: ")
            bytes.writeString(signature.value(id: event.id, seconds: seconds, content: content))
        }
        if event.target.isGet {
            bytes.writeStaticString("\r\n\r\n")
        } else {
            bytes.writeStaticString("\r\nContent-Length: ")
            bytes.writeString(String(event.body.count))
            bytes.writeStaticString("\r\n\r\n")
            bytes.writeBytes(event.body)
        }
        return bytes
    }
}

extension AttemptResult {
    /// What an answer means: a receiver that said 2xx has taken the event, unless what it answered matters and broke off.
    fileprivate init(_ answer: OutboundAnswer) {
        guard let status = answer.status else {
            self = .failed("\(answer.failure ?? .other("no answer"))")
            return
        }
        self.init()
        self.status = status
        if !(200..<300).contains(status) { error = "answered \(status)" }
        guard answer.isKept else { return }
        if answer.isTooLong {
            error = "the document is longer than \(CallbackSender.longestDocument) bytes"
            body = answer.body
        } else if let failure = answer.failure {
            isBroken = true
            error = "the answer broke off: \(failure)"
        } else {
            body = answer.body
        }
    }
}
