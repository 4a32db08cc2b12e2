import Addresses
import ConfigurationFiles
import HTTPService
import Logging
import Management
import SIPMessages
import SIPUserAgent
import SwitchRuntime
import TestFiles
import Testing
import XMLRPCAPI
import XMLRPCValues

@Suite("XML-RPC over HTTP", .timeLimit(.minutes(5)))
struct XMLRPCServiceTests {
    private static let trusted = IPAddress(v4: 0x7F00_0009)
    private static let listCalls = XMLRPCCall("listAllCalls", [["i_customer": .int(2)]])

    private struct Reply {
        var status: Int
        var text: String
        var challenges: [String]
    }

    /// Runs a switch without SIP listeners, and its XML-RPC interface.
    private func withInterface(
        _ change: (inout HTTPSettings) -> Void = { _ in },
        _ body: @escaping @Sendable (HTTPListener, XMLRPCService) throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            """
            customers:
              - { id: 1, name: root, web_login: root, api_password: root-secret, api_access: true }
              - { id: 2, parent: 1, name: acme, web_login: acme, api_password: acme-secret, api_access: true }
              - { id: 3, parent: 2, name: shop, web_login: shop, api_password: shop-secret, api_access: true }
              - { id: 4, parent: 1, name: off, web_login: off, api_password: off-secret }
              - { id: 5, parent: 1, name: blocked, web_login: blocked, api_password: b, api_access: true, blocked: true }
              - { id: 6, parent: 1, name: other, web_login: other, api_password: other-secret, api_access: true }
            accounts:
              - { id: 3, customer: 2, authname: alice, voip_password: secret }
            """, to: "p.yaml")
        var configuration = Configuration()
        configuration.sip.listen = []
        configuration.store = .memory
        configuration.control = folder.path + "/control.sock"
        configuration.provisioning = [file]
        configuration.http.listen = [HTTPListener("http:127.0.0.1:0")].compactMap { $0 }
        configuration.http.trustedHosts = [IPNetwork(Self.trusted, prefixLength: 32)]
        change(&configuration.http)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let http = try await HTTPService(configuration.http, logger: logger)
        let management = try await SwitchManagement(ConfigurationSource(configuration), logger: logger)
        let service = XMLRPCService(management, settings: configuration.http, logger: logger)
        http.open([HealthRoutes(management).routes, service.routes])
        var failure: (any Error)?
        do {
            try await onOwnThread { [listener = http.listeners[0]] in try body(listener, service) }
        } catch {
            failure = error
        }
        await http.stop()
        try await management.stop()
        if let failure { throw failure }
    }

    private func post(
        _ client: RawClient, _ body: [UInt8], path: String = "/xmlapi/xmlapi", headers: String = ""
    ) -> Reply {
        client.send("POST \(path) HTTP/1.1\r\nHost: x\r\n\(headers)Content-Length: \(body.count)\r\n\r\n")
        client.send(body)
        return reply(client.readAnswer())
    }

    private func reply(_ text: String) -> Reply {
        let head = text.prefix { _ in true }.split(separator: "\r\n\r\n", maxSplits: 1).first ?? ""
        let challenges = head.split(separator: "\r\n").filter { $0.lowercased().hasPrefix("www-authenticate: ") }
        return Reply(
            status: Int(text.dropFirst(9).prefix(3)) ?? 0, text: text,
            challenges: challenges.map { String($0.dropFirst("WWW-Authenticate: ".count)) })
    }

    /// The Authorization field that answers the first challenge of `reply`, as `change` alters it.
    private func credentials(
        _ reply: Reply, _ user: String = "root", _ password: String = "root-secret", count: UInt32 = 1,
        _ change: (inout DigestChallenge) -> Void = { _ in }
    ) -> DigestCredentials? {
        guard var challenge = reply.challenges.first.map({ DigestChallenge.parse(Array($0.utf8)) })?.first else {
            return nil
        }
        change(&challenge)
        let client = DigestClient(username: Array(user.utf8), password: Array(password.utf8), functions: .crypto)
        return client.answer(
            [challenge], method: Array("POST".utf8), uri: Array("/xmlapi/xmlapi".utf8), cnonce: Array("0a4f113b".utf8),
            nonceCount: count)
    }

    private func field(_ credentials: DigestCredentials?) -> String {
        var writer = MessageWriter()
        credentials?.write(as: .authorization, into: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test(
        "the challenge is one line that the oldest clients can take apart; also for an empty body and for GET-like probes"
    )
    func challenge() async throws {
        try await withInterface { listener, _ in
            let client = RawClient(listener)
            for body in [[], Self.listCalls.bytes, Array("junk".utf8)] {
                let reply = post(client, body)
                #expect(reply.status == 401)
                let form = /Digest realm="martlet", nonce="[0-9a-f]{48}", qop="auth", algorithm=MD5/
                #expect(reply.challenges.count == 1 && reply.challenges[0].wholeMatch(of: form) != nil)
            }
            client.send("GET /xmlapi/xmlapi HTTP/1.1\r\nHost: x\r\n\r\n")
            let get = client.readAnswer()
            #expect(get.hasPrefix("HTTP/1.1 405") && get.contains("Allow: POST\r\n"))
        }
    }

    @Test("with SHA-256 switched on MD5 stays first, both have the same nonce, and both are taken")
    func sha256() async throws {
        try await withInterface({ $0.offersSHA256 = true }) { listener, _ in
            let client = RawClient(listener)
            var reply = post(client, [])
            #expect(reply.challenges.count == 2)
            #expect(
                reply.challenges[0].hasSuffix("algorithm=MD5") && reply.challenges[1].hasSuffix("algorithm=SHA-256"))
            #expect(reply.challenges[0].dropLast(3) == reply.challenges[1].dropLast(7))
            #expect(
                post(client, XMLRPCCall("system.listMethods").bytes, headers: field(credentials(reply))).status == 200)
            reply = post(client, [])
            reply.challenges.removeFirst()
            #expect(
                post(client, XMLRPCCall("system.listMethods").bytes, headers: field(credentials(reply))).status == 200)
        }
    }

    @Test("a nonce is good for growing counts; one used before is stale, and a new nonce comes with the answer")
    func counts() async throws {
        try await withInterface { listener, _ in
            let client = RawClient(listener)
            let first = post(client, [])
            let body = Self.listCalls.bytes
            for count in [1, 2, 7, 1000, 70_000] as [UInt32] {
                #expect(post(client, body, headers: field(credentials(first, count: count))).status == 200)
            }
            for count in [1, 70_000, 0] as [UInt32] {
                let reply = post(client, body, headers: field(credentials(first, count: count)))
                #expect(reply.status == 401)
                #expect(reply.challenges[0].hasSuffix(", stale=true") == (count > 0))
            }
        }
    }

    @Test("the form of RFC 2069 is taken, once per nonce")
    func withoutQOP() async throws {
        try await withInterface { listener, _ in
            let client = RawClient(listener)
            let answer = credentials(post(client, [])) { $0.hasQOP = false }
            #expect(answer?.qop == nil)
            #expect(post(client, Self.listCalls.bytes, headers: field(answer)).status == 200)
            #expect(post(client, Self.listCalls.bytes, headers: field(answer)).challenges[0].hasSuffix("stale=true"))
        }
    }

    @Test(
        "quotes around algorithm and qop, an opaque that was never offered, other cases and an absolute URI are taken")
    func quirks() async throws {
        try await withInterface { listener, _ in
            let client = RawClient(listener)
            func send(_ change: (String) -> String) -> Int {
                post(client, Self.listCalls.bytes, headers: change(field(credentials(post(client, []))))).status
            }
            #expect(
                send {
                    $0.replacing("algorithm=MD5", with: "algorithm=\"MD5\"").replacing("qop=auth", with: "qop=\"auth\"")
                } == 200)
            #expect(send { $0.replacing("algorithm=MD5", with: "algorithm=md5") } == 200)
            #expect(send { $0.replacing("Authorization: Digest", with: "authorization: digest") } == 200)
            #expect(send { $0.replacing("\r\n", with: ", opaque=\"\"\r\n") } == 200)
            #expect(send { $0.replacing("realm=\"martlet\"", with: "realm=\"other\"") } == 401)
            #expect(send { $0.replacing("uri=\"/xmlapi/xmlapi\"", with: "uri=\"/other\"") } == 401)
            #expect(send { _ in "Authorization: Basic cm9vdDpyb290LXNlY3JldA==\r\n" } == 401)
            #expect(send { _ in "Authorization: Digest\r\n" } == 401)
        }
    }

    @Test("credentials for another address of the service are not good here")
    func otherPath() async throws {
        try await withInterface { listener, _ in
            let client = RawClient(listener)
            let proof = field(credentials(post(client, [])))
            #expect(post(client, Self.listCalls.bytes, path: "/xmlapi/xmlapi?a=b", headers: proof).status == 200)
            #expect(post(client, Self.listCalls.bytes, path: "/xmlapi/other", headers: proof).status == 404)
        }
    }

    @Test(
        "unknown users, wrong passwords, customers without access and blocked ones get the same answer",
        arguments: [
            ("nobody", "x"), ("root", "wrong"), ("root", ""), ("off", "off-secret"), ("blocked", "b"), ("", "x"),
        ])
    func refused(_ user: String, _ password: String) async throws {
        try await withInterface { listener, _ in
            let client = RawClient(listener)
            let reply = post(
                client, Self.listCalls.bytes, headers: field(credentials(post(client, []), user, password)))
            #expect(reply.status == 401)
            #expect(reply.challenges.count == 1 && !reply.challenges[0].contains("stale"))
            #expect(reply.text.hasSuffix("web login and API password are required (HTTP digest)\n"))
        }
    }

    @Test("who fails often waits longer and longer, others do not, and a right login is never held back")
    func throttle() async throws {
        try await withInterface { listener, _ in
            let client = RawClient(listener)
            let nonce = post(client, [])
            let start = ContinuousClock.now
            for count in 1...4 as ClosedRange<UInt32> {
                #expect(
                    post(client, [], headers: field(credentials(nonce, "root", "wrong", count: count))).status == 401)
            }
            #expect(ContinuousClock.now - start > .milliseconds(1500))
            // The next wrong one would wait for 1.6 s; of the right ones one is quick however busy the machine is.
            let isQuick = (9...60 as ClosedRange<UInt32>).contains { count in
                let start = ContinuousClock.now
                #expect(
                    post(client, Self.listCalls.bytes, headers: field(credentials(nonce, count: count))).status == 200)
                return ContinuousClock.now - start < .milliseconds(800)
            }
            #expect(isQuick)
        }
    }

    @Test("requests from a trusted address need no login, but name the customer; an empty one is challenged")
    func trustedMode() async throws {
        try await withInterface { listener, service in
            let client = RawClient(listener, source: Self.trusted)
            #expect(post(client, Self.listCalls.bytes).text.contains("<array><data></data></array>"))
            let missing = post(client, XMLRPCCall("listAllCalls").bytes)
            #expect(
                missing.status == 200 && missing.text.contains("<string>Parameter i_customer is required.</string>"))
            #expect(
                post(client, XMLRPCCall("listAllCalls", [["i_customer": .int(99)]]).bytes).text.contains(
                    "Wrong i_customer"))
            #expect(
                post(client, XMLRPCCall("disconnectCustomer", [["i_customer": .int(2)]]).bytes).text.contains(">OK<"))
            #expect(
                post(
                    client, XMLRPCCall("disconnectCustomer", [["i_customer": .int(6), "i_wholesaler": .int(2)]]).bytes
                )
                .text.contains("Wrong i_customer"))
            #expect(post(client, []).status == 401)
            #expect(
                post(client, Self.listCalls.bytes, headers: "Authorization: Digest username=\"x\"\r\n").status == 401)
            #expect(post(client, Self.listCalls.bytes, headers: "Origin: http://evil.example\r\n").status == 401)
            #expect(post(client, Self.listCalls.bytes, headers: "X-Forwarded-For: 127.0.0.9\r\n").status == 200)
            let stranger = RawClient(listener)
            #expect(post(stranger, Self.listCalls.bytes, headers: "X-Forwarded-For: 127.0.0.9\r\n").status == 401)
            service.adopt(HTTPSettings())
            #expect(post(client, Self.listCalls.bytes).status == 401)
        }
    }

    @Test("a customer has its own rights: narrowing works downwards only, and foreign ids look like unknown ones")
    func rights() async throws {
        try await withInterface { listener, _ in
            let client = RawClient(listener)
            let nonce = post(client, [])
            var count: UInt32 = 0
            func ask(_ method: String, _ arguments: XMLRPCStruct) -> String {
                count += 1
                let proof = field(credentials(nonce, "acme", "acme-secret", count: count))
                return post(client, XMLRPCCall(method, [.structure(arguments)]).bytes, headers: proof).text
            }
            #expect(ask("listAllCalls", ["i_customer": .int(2)]).contains("<data>"))
            #expect(ask("listAllCalls", ["i_customer": .int(3)]).contains("<data>"))
            for foreign in [1, 6, 99, -1] {
                #expect(
                    ask("listAllCalls", ["i_customer": .int(foreign)]).contains("<string>Wrong i_customer</string>"))
                #expect(
                    ask("disconnectCustomer", ["i_customer": .int(foreign)]).contains(
                        "<string>Wrong i_customer</string>"))
            }
            #expect(ask("listAllCalls", ["i_account": .int(-7), "i_vendor": .integer(.max)]).contains("<data></data>"))
            #expect(ask("disconnectAccount", ["i_account": .int(3)]).contains("<int>0</int>"))
            #expect(ask("disconnectAccount", ["i_account": .int(4)]).contains("<string>Wrong i_account</string>"))
            #expect(ask("getAccountCallStats", [:]).contains("<name>data</name><value><struct></struct></value>"))
            for id in ["1", "-1", "99999999999999999999999", "", " ", "1 OR 1=1"] {
                #expect(
                    ask("disconnectCall", ["ID": .string(id)]).contains(
                        "<string>Call not found or not accessible</string>"))
            }
            #expect(ask("disconnectCall", ["call_id": "5"]).contains("<string>Parameter ID is required.</string>"))
            #expect(ask("disconnectAllCalls", [:]).contains("method not found"))
        }
    }

    @Test("what is no request is a fault with status 200, or 413, and the connection of the next one works")
    func badRequests() async throws {
        try await withInterface { listener, _ in
            let client = RawClient(listener, source: Self.trusted)
            let bad = [
                "junk", "<methodCall>",
                "<!DOCTYPE a [<!ENTITY a \"b\">]><methodCall><methodName>&a;</methodName></methodCall>",
                "<methodCall><methodName>listAllCalls</methodName><params><param>"
                    + String(repeating: "<value><array><data>", count: 10_000),
            ]
            for text in bad {
                let reply = post(client, Array(text.utf8))
                #expect(reply.status == 200 && reply.text.contains("<int>400</int>"))
            }
            #expect(
                post(client, Self.listCalls.bytes, headers: "Content-Type: application/xml\r\nAccept: image/png\r\n")
                    .status == 200)
            client.send("POST /xmlapi/xmlapi HTTP/1.1\r\nHost: x\r\nContent-Length: 104857600\r\n\r\n")
            #expect(client.readToEnd().hasPrefix("HTTP/1.1 413"))
        }
    }

    @Test("health, readiness and metrics are served to everybody")
    func health() async throws {
        try await withInterface { listener, _ in
            let client = RawClient(listener)
            for (path, expected) in [
                ("/healthz", "alive"), ("/readyz", "ready"), ("/metrics", "martlet_calls{state=\"Connected\"} 0\n"),
            ] {
                client.send("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
                let answer = client.readAnswer()
                #expect(answer.hasPrefix("HTTP/1.1 200") && answer.contains(expected))
            }
        }
    }
}
