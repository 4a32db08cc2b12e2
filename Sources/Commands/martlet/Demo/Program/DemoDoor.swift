import AsyncHTTPClient
import Foundation
import FoundationXML
import NIOCore

/// The XML-RPC interface as a program uses it: one HTTP request, a digest challenge, and the request again.
struct DemoDoor {
    /// Why there is no answer.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let url: String

    /// Asks, and returns the structs of the answer: member names and what their values say.
    func ask(_ request: DemoRequest) async throws -> [[String: String]] {
        var message = HTTPClientRequest(url: url)
        message.method = .POST
        message.headers.add(name: "Content-Type", value: "text/xml")
        message.body = .bytes(ByteBuffer(string: request.body))
        var response = try await send(message)
        if response.status == .unauthorized, let challenge = response.headers.first(name: "WWW-Authenticate") {
            message.headers.add(name: "Authorization", value: try answer(to: challenge))
            response = try await send(message)
        }
        guard response.status == .ok else { throw Failure(description: "status \(response.status.code)") }
        let body = try await response.body.collect(upTo: 1 << 20)
        return try Self.structs(in: Data(buffer: body))
    }

    private func send(_ message: HTTPClientRequest) async throws -> HTTPClientResponse {
        try await HTTPClient.shared.execute(message, timeout: .seconds(5))
    }

    private func answer(to challenge: String) throws -> String {
        guard let digest = DemoDigest(challenge) else { throw Failure(description: "no digest challenge") }
        return digest.answer(
            method: "POST", uri: URL(string: url)?.path ?? "/", user: DemoProvisioning.login,
            password: DemoProvisioning.secret)
    }

    private static func structs(in data: Data) throws -> [[String: String]] {
        try XMLDocument(data: data).nodes(forXPath: "//struct").map { row in
            var members: [String: String] = [:]
            for member in try row.nodes(forXPath: "member") {
                guard let name = try member.nodes(forXPath: "name").first?.stringValue else { continue }
                members[name] = try member.nodes(forXPath: "value").first?.stringValue
            }
            return members
        }
    }
}
