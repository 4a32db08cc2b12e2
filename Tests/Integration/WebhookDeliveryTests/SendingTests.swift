import CallEvents
import SQLiteStore
import Testing
import Webhooks

/// One event, one attempt: what is sent and what counts as taken.
@Suite(.timeLimit(.minutes(5)))
struct SendingTests {
    @Test("a POST carries the event, the headers of the interface and the credentials of the URL")
    func post() async throws {
        let receiver = try await Receiver { _, _ in .status(204) }
        let desk = try await Desk { $0.signingKey = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" }
        let outcome = await desk.answer(desk.route("c-1", receiver.url("/ev?a=1", credentials: "bob:p%40ss@")))
        #expect(outcome == .answered(status: 204, body: []))
        let request = try #require(receiver.requests.events.first)
        #expect(request.method == "POST" && request.target == "/ev?a=1")
        #expect(request.headers["content-type"] == "application/json; charset=utf-8")
        #expect(request.headers["user-agent"] == "BandwidthAPI/v1 (test)")
        #expect(request.headers["authorization"] == "Basic Ym9iOnBAc3M=")
        #expect(request.headers["host"] == "127.0.7.1:\(receiver.port)")
        #expect(request.headers["webhook-signature"]?.hasPrefix("v1,") == true)
        #expect(
            request.body == """
                {"eventType":"answer","callId":"c-1","callUri":"http://h/v1/users/u-1/calls/c-1","from":"+13125550110",\
                "to":"+13125550147","callState":"active","time":"2026-03-05T08:15:42.117Z"}
                """)
        let stored = try desk.service.reader.events(of: "u-1", subject: "c-1")
        #expect(stored.map(\.id) == [request.headers["webhook-id"]])
        await desk.service.stop()
        try await receiver.stop()
    }

    @Test("a GET adds the event to the URL's own query and gives the document that was answered")
    func get() async throws {
        let receiver = try await Receiver { _, _ in .status(200, body: "<Response><Hangup/></Response>") }
        let desk = try await Desk()
        let outcome = await desk.answer(desk.route("c-1", receiver.url("/bxml?job=8%201"), method: .get))
        #expect(outcome == .answered(status: 200, body: Array("<Response><Hangup/></Response>".utf8)))
        let request = try #require(receiver.requests.events.first)
        #expect(request.method == "GET")
        #expect(request.target.hasPrefix("/bxml?job=8%201&eventType=answer&callId=c-1&callUri=http%3A%2F%2Fh%2Fv1"))
        #expect(request.target.contains("&from=%2B13125550110&"))
        #expect(request.target.hasSuffix("&time=2026-03-05T08%3A15%3A42.117Z"))
        await desk.service.stop()
        try await receiver.stop()
    }

    @Test(
        "whatever is no 2xx goes to the fallback once, and no redirect is followed",
        arguments: [
            Receiver.Reply.status(500), .status(404), .status(302, headers: "Location: /elsewhere\r\n"), .raw(""),
            .raw("SIP/2.0 200 OK\r\n\r\n"), .raw("HTTP/1.1 200"), .silence,
        ])
    func fallback(reply: Receiver.Reply) async throws {
        let first = try await Receiver { _, _ in reply }
        let second = try await Receiver { _, _ in .status(200) }
        let desk = try await Desk()
        var route = desk.route("c-1", first.url(), timeout: .seconds(reply.isSilence ? 3 : 600))
        route.fallbackURL = second.url("/fallback")
        #expect(await desk.answer(route) == .answered(status: 200, body: [], isFallback: true))
        #expect(first.requests.events.count == 1 && second.requests.events.map(\.target) == ["/fallback"])
        let attempts = try desk.service.reader.deliveries(of: "u-1", EventReader.DeliveryQuery()).map(\.attempt)
        await desk.service.stop()
        let log = try desk.service.reader.deliveries(of: "u-1", EventReader.DeliveryQuery()).map(\.attempt)
        #expect(attempts.count <= 2)
        #expect(log.map(\.number) == [2, 1] && log.map(\.isFallback) == [true, false])
        #expect(log.map(\.outcome) == [.delivered, .failed])
        try await first.stop()
        try await second.stop()
    }

    @Test("an event that nobody took is dropped, and stands among the user's errors without its credentials")
    func dropped() async throws {
        let receiver = try await Receiver { _, _ in .status(503) }
        let desk = try await Desk()
        let outcome = await desk.answer(desk.route("c-1", receiver.url(credentials: "bob:secret@")))
        #expect(outcome == .undeliverable("answered 503"))
        await desk.service.stop()
        let errors = try desk.service.reader.errors(of: "u-1", offset: 0, limit: 10)
        #expect(errors.map(\.code) == ["no-callback-for-call"] && errors.map(\.category) == ["unavailable"])
        #expect(errors.allSatisfy { !$0.message.contains("secret") && !$0.details.contains("secret") })
        #expect(receiver.requests.events.count == 1)
        try await receiver.stop()
    }

    @Test("nobody listens: the attempt fails at once")
    func refused() async throws {
        let receiver = try await Receiver { _, _ in .status(200) }
        let url = receiver.url()
        try await receiver.stop()
        let desk = try await Desk()
        guard case .undeliverable = await desk.answer(desk.route("c-1", url)) else {
            Issue.record("it was delivered")
            return
        }
        await desk.service.stop()
    }

    @Test("an answer without end neither holds a POST up nor becomes a document")
    func endless() async throws {
        let receiver = try await Receiver { _, _ in .endless }
        let desk = try await Desk()
        #expect(await desk.answer(desk.route("c-1", receiver.url())) == .answered(status: 200, body: []))
        guard case .answered(200, let body, false) = await desk.answer(desk.route("c-2", receiver.url(), method: .get))
        else {
            Issue.record("the answer was not taken")
            return
        }
        #expect(body.count == 16_385)
        await desk.service.stop()
        try await receiver.stop()
    }

    @Test("a document of 16 KiB is taken, a longer one is cut where it is too long, and half of one is none")
    func documents() async throws {
        let longest = String(repeating: "a", count: 16 << 10)
        let receiver = try await Receiver { request, _ in
            switch request.member("callId") {
            case "c-1": .status(200, body: longest)
            case "c-2": .status(200, body: longest + "a")
            default: .raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<Response>")
            }
        }
        let desk = try await Desk()
        #expect(
            await desk.answer(desk.route("c-1", receiver.url(), method: .get))
                == .answered(status: 200, body: Array(longest.utf8)))
        #expect(
            await desk.answer(desk.route("c-2", receiver.url(), method: .get))
                == .answered(status: 200, body: Array((longest + "a").utf8)))
        guard case .undeliverable = await desk.answer(desk.route("c-3", receiver.url(), method: .get)) else {
            Issue.record("half a document was taken")
            return
        }
        #expect(await desk.answer(desk.route("c-4", receiver.url())) == .answered(status: 200, body: []))
        await desk.service.stop()
        try await receiver.stop()
    }

    @Test(
        "no form of a private address is reached where that is not allowed",
        arguments: [
            "127.0.7.1", "localhost", "2130708225", "0x7f000701", "0177.0.7.1", "127.1825", "[::1]",
            "[::ffff:127.0.7.1]",
            "0.0.0.0", "[::]", "169.254.169.254", "10.0.0.1", "100.64.0.1", "[fd00::1]", "[fe80::1]",
        ])
    func guarded(host: String) async throws {
        let receiver = try await Receiver { _, _ in .status(200) }
        let desk = try await Desk { $0.allowPrivateAddresses = false }
        let outcome = await desk.answer(desk.route("c-1", receiver.url(host: host), timeout: .seconds(600)))
        guard case .undeliverable(let reason) = outcome else {
            Issue.record("\(host) was reached")
            return
        }
        #expect(reason.contains("not a public address") || reason.contains("not found"))
        #expect(receiver.requests.events.isEmpty)
        await desk.service.stop()
        try await receiver.stop()
    }
}
