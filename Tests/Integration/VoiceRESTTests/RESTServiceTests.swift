import Testing
import VoiceRESTAPI

@Suite("The voice REST interface over HTTP", .timeLimit(.minutes(5)))
struct RESTServiceTests {
    @Test("who asks is known by token and secret, and only for himself")
    func authentication() async throws {
        let world = try await RESTSwitch(network: 11)
        let wrong = try await world.send("GET", "/calls", credentials: "t-1:wrong")
        #expect(wrong.status == 401 && wrong.body["code"]?.text == "authentication-error")
        #expect(wrong.body["category"]?.text == "authentication" && wrong.headers["www-authenticate"] != nil)
        #expect(try await world.send("GET", "/calls", credentials: "").status == 401)
        let nobody = try await world.send("GET", "/calls", user: "u-nobody")
        #expect(nobody.status == 404 && nobody.body["code"]?.text == "user-not-found")
        let right = try await world.send("GET", "/calls")
        #expect(right.status == 200 && right.body == .array([]) && right.headers["content-type"] == "application/json")
        try await world.stop()
    }

    @Test("a call is made with 201 and an absolute Location, listed, and kept")
    func calls() async throws {
        let world = try await RESTSwitch(network: 12)
        let made = try await world.send(
            "POST", "/calls/",
            .object(["from": "+13125550110", "to": "+13125550147", "callTimeout": .null, "unknown": .integer(1)]))
        #expect(made.status == 201 && made.headers["content-type"] == nil && made.body == .null)
        #expect(made.headers["location"]?.hasPrefix("http://127.0.0.1:") == true)
        let shown = try await world.send("GET", "/calls/\(made.id)")
        #expect(shown.body["direction"]?.text == "out" && shown.body["callTimeout"] == .integer(60))
        #expect(shown.body["callbackUrl"]?.text == "" && shown.body["sipHeaders"] == nil)
        let listed = try await world.send("GET", "/calls?size=1")
        #expect(listed.headers["link"]?.contains("rel=\"first\"") == true)
        guard case .array(let calls) = listed.body else {
            Issue.record("no list")
            return
        }
        #expect(calls.map { $0["id"]?.text } == [made.id])
        let none = try await world.send("GET", "/calls/c-none")
        #expect(none.status == 404 && none.body["code"]?.text == "call-not-found")
        #expect(try await world.send("DELETE", "/calls").status == 405)
        #expect(try await world.send("GET", "/nowhere").body["code"]?.text == "resource-not-found")
        try await world.stop()
    }
}
