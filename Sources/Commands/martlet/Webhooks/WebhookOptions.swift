import ArgumentParser
import AsyncHTTPClient
import ConfigurationFiles
import Foundation
import NIOCore
import SQLiteStore

/// Which switch and which user `martlet webhooks` is about.
struct WebhookOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Id of the user; not needed where there is only one.", valueName: "id"))
    var user: String?

    @Option(help: ArgumentHelp("Address of the switch; that of the configuration unless given.", valueName: "url"))
    var url: String?

    @Option(
        help: ArgumentHelp("Token and secret of the user; those of the store unless given.", valueName: "token:secret"))
    var credentials: String?

    @Flag(help: "Print JSON; the member names are those of the REST interface.")
    var json = false

    @OptionGroup var configuration: ConfigurationOptions

    /// The user's door to the switch.
    func door() throws -> WebhookDoor {
        let settings = try configuration.read()
        guard let base = url ?? settings.http.publicURL ?? settings.http.listen.first.map(Self.url) else {
            throw ValidationError("the configuration has no http.listen; give --url")
        }
        if let user, let credentials { return WebhookDoor(base: base, user: user, credentials: credentials) }
        let users = try SQLiteStore.peek(at: settings.storePlace).users.filter { user == nil || $0.id == user }
        guard let found = users.first, users.count == 1 else {
            let known = users.map(\.id).joined(separator: ", ")
            throw ValidationError(
                users.isEmpty
                    ? "the store \(settings.storePlace) has no such user; give --user and --credentials"
                    : "there are several users; give --user with one of \(known)")
        }
        return WebhookDoor(base: base, user: found.id, credentials: credentials ?? "\(found.token):\(found.secret)")
    }

    private static func url(_ listener: HTTPListener) -> String {
        let endpoint = listener.endpoint
        let host = endpoint.address.isUnspecified ? "127.0.0.1:\(endpoint.port)" : "\(endpoint)"
        return "\(listener.isSecure ? "https" : "http")://\(host)"
    }
}

/// The voice REST interface of a running switch, as one user.
struct WebhookDoor {
    /// Why there is no answer.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The body of an answer.
    struct Answer {
        let data: Data

        /// Indented, its members sorted by name.
        var pretty: String {
            get throws {
                let value = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
                let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
                let text = try JSONSerialization.data(withJSONObject: value, options: options)
                return String(decoding: text, as: UTF8.self)
            }
        }

        func decoded<Value: Decodable>(_ type: Value.Type) throws -> Value {
            try JSONDecoder().decode(type, from: data)
        }
    }

    private struct Refusal: Decodable {
        var message: String
    }

    let base: String
    let user: String
    /// `token:secret`.
    let credentials: String

    /// Reads what is at `path` of the user; parts of the query without a value are left out.
    func get(_ path: String, _ query: [(name: String, value: String?)]) async throws -> Answer {
        var parts = URLComponents()
        parts.queryItems = query.compactMap { item in item.value.map { URLQueryItem(name: item.name, value: $0) } }
        return try await ask(HTTPClientRequest(url: address(path) + "?" + (parts.percentEncodedQuery ?? "")))
    }

    /// Sends a JSON body to `path` of the user.
    func post(_ path: String, _ body: some Encodable) async throws -> Answer {
        var request = HTTPClientRequest(url: address(path))
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(body)))
        return try await ask(request)
    }

    private func address(_ path: String) -> String {
        "\(base.hasSuffix("/") ? String(base.dropLast()) : base)/v1/users/\(user)\(path)"
    }

    private func ask(_ request: HTTPClientRequest) async throws -> Answer {
        var request = request
        let token = Data(credentials.utf8).base64EncodedString()
        request.headers.add(name: "Authorization", value: "Basic \(token)")
        let response: HTTPClientResponse
        do {
            response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        } catch {
            throw Failure(
                description: "\(base) does not answer: \(error); is the switch running, and is --url its address?")
        }
        let data = Data(buffer: try await response.body.collect(upTo: 64 << 20))
        if response.status.code < 300 { return Answer(data: data) }
        let message = try? JSONDecoder().decode(Refusal.self, from: data).message
        throw Failure(description: message ?? "\(base) answered \(response.status.code)")
    }
}

/// One attempt, as the interface lists it.
struct Delivery: Decodable {
    var eventType: String
    var callId: String?
    var conferenceId: String?
    var attempt: Int
    var state: String
    var url: String?
    var time: String
    /// In milliseconds.
    var duration: Int
    var status: Int?
    var error: String?
    var isReplay: Bool?

    /// Scheme, host and port of the URL.
    var receiver: String {
        guard let url, let parts = URLComponents(string: url), let host = parts.host else { return "-" }
        return "\(parts.scheme ?? "http")://\(host)\(parts.port.map { ":\($0)" } ?? "")"
    }
}
