import Addresses
import AsyncHTTPClient
import ConfigurationFiles
import Foundation
import HTTPService
import Logging
import Management
import NIOCore
import TestFiles
import TestPhone
import VoiceApplications
import VoiceRESTAPI

/// A switch in this process with its voice REST interface, one user, one application, and a telephone behind its only
/// connection.
struct RESTSwitch {
    static let number = "13125550110"

    let folder: TemporaryFolder
    let management: SwitchManagement
    let http: HTTPService
    let sink: CollectingSink
    let desk: CallDesk
    let callee: TestPhone
    private let client = HTTPClient.shared

    init(sink: CollectingSink = CollectingSink(), autoAnswer: Bool = true, network: Int) async throws {
        self.sink = sink
        folder = try TemporaryFolder()
        let address = "127.62.0.\(network)"
        guard let endpoint = Endpoint("\(address):0") else { throw CancellationError() }
        callee = try TestPhone(listen: endpoint)
        let provisioning = try folder.write(
            """
            customers:
              - { id: 2, parent: 1, name: acme }
            accounts:
              - { id: 3, customer: 2, authname: alice, routing_group: 1 }
            authentication_rules:
              - { id: 1, account: 3, remote_ip: 127.0.0.0/8 }
            vendors:
              - { id: 1, name: carrier }
            connections:
              - { id: 1, vendor: 1, name: carrier, destination: "sip:\(callee.local)" }
            destination_sets:
              - { id: 1, name: all, routes: [{ prefix: "" }] }
            routing_groups:
              - { id: 1, name: all, policy: order, members: [{ connection: 1, destination_set: 1 }] }
            users:
              - { id: u-1, customer: 2, account: 3, token: t-1, secret: s-1 }
            applications:
              - { id: a-1, user: u-1, name: shop, incoming_call_url: "http://127.0.0.1:9/", auto_answer: \(autoAnswer) }
            dids:
              - { number: "\(Self.number)", application: a-1 }
            """, to: "provisioning.yaml")
        let file = try folder.write(
            """
            sip: { listen: ["udp:\(address):0"] }
            media: { address: \(address), ports: 22000-22099, files: "\(folder.path)/media" }
            http: { listen: ["http:127.0.0.1:0"] }
            store: "sqlite:\(folder.path)/store.db"
            provisioning: ["\(provisioning)"]
            """)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let source = ConfigurationSource(file: file, environment: [:])
        let door = CallDoor()
        var catalogue = ApplicationCatalogue.builtin
        catalogue.add(ApplicationCatalogue.driven) { IncomingCalls(door) }
        http = try await HTTPService(try source.read().configuration.http, logger: logger)
        management = try await SwitchManagement(source, applications: catalogue, logger: logger)
        let base = http.listeners[0].url
        desk = CallDesk(
            management,
            settings: CallDesk.Settings(baseURL: base) { _ in throw RESTError(.mediaUnavailable, "nothing is fetched")
            },
            sink: sink, logger: logger)
        door.open(desk)
        let service = VoiceRESTService(
            UserDirectory(management), settings: VoiceRESTService.Settings(fallbackURL: base),
            routes: CallResources.routes(desk), logger: logger)
        http.open([service.routes])
    }

    struct Answer {
        var status: UInt
        var headers: [String: String]
        var body: JSONValue

        /// The last segment of Location.
        var id: String { headers["location"]?.split(separator: "/").last.map(String.init) ?? "" }
    }

    /// Sends a request of the user, or of somebody else.
    func send(
        _ method: String, _ path: String, _ body: JSONValue? = nil, credentials: String = "t-1:s-1",
        user: String = "u-1"
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "\(http.listeners[0].url)/v1/users/\(user)\(path)")
        request.method = .init(rawValue: method)
        request.headers.add(name: "Authorization", value: "Basic \(Data(credentials.utf8).base64EncodedString())")
        if let body { request.body = .bytes(body.bytes) }
        let answer = try await client.execute(request, timeout: .seconds(300))
        let bytes = try await answer.body.collect(upTo: 1 << 20)
        let value = bytes.readableBytes == 0 ? JSONValue.null : try JSONValue(parsing: Array(bytes.readableBytesView))
        let headers = answer.headers.map { ($0.name.lowercased(), $0.value) }
        return Answer(
            status: answer.status.code, headers: Dictionary(headers) { first, _ in first }, body: value)
    }

    /// Asks for a call to the telephone; its id.
    func place(_ more: [String: JSONValue] = [:]) async throws -> String {
        let members: [String: JSONValue] = [
            "from": .string("+\(Self.number)"), "to": "+13125550147", "callbackUrl": "http://127.0.0.1:9/",
        ]
        return try await send("POST", "/calls", .object(members.merging(more) { $1 })).id
    }

    func stop() async throws {
        callee.stop()
        await http.stop()
        try await management.stop()
    }
}

extension JSONValue: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self = .string(value) }
}
