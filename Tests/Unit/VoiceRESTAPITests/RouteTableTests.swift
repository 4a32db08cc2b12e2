import HTTPTypes
import Testing

@testable import VoiceRESTAPI

@Suite("Routes and pages of the voice REST interface")
struct RouteTableTests {
    private let table = VoiceRESTRouteTable(
        ["/calls", "/calls/{callId}", "/media/special", "/media/{name}"].map { path in
            VoiceRESTRoute(.get, path) { _ in .done }
        } + [VoiceRESTRoute(.post, "/calls") { _ in .done }])

    private func name(_ method: HTTPRequest.Method, _ path: String...) -> String? {
        if case .route(let route, _) = table.match(method, path) { route.name } else { nil }
    }

    @Test("routes are found by method and path, words before parameters, HEAD as GET")
    func found() {
        #expect(name(.get, "calls") == "GET /calls")
        #expect(name(.head, "calls") == "GET /calls")
        #expect(name(.post, "calls") == "POST /calls")
        #expect(name(.get, "calls", "c-1") == "GET /calls/{callId}")
        #expect(name(.get, "media", "special") == "GET /media/special")
        #expect(name(.get, "media", "other") == "GET /media/{name}")
        guard case .route(_, let parameters) = table.match(.get, ["calls", "c-1"]) else {
            Issue.record("no route")
            return
        }
        #expect(parameters == ["callId": "c-1"])
    }

    @Test("other methods of an address are told apart from addresses that there are not")
    func others() {
        guard case .otherMethods(let methods) = table.match(.delete, ["calls"]) else {
            Issue.record("no methods")
            return
        }
        #expect(Set(methods) == ["GET", "HEAD", "POST"])
        guard case .nothing = table.match(.get, ["call"]), case .nothing = table.match(.get, []) else {
            Issue.record("found")
            return
        }
    }

    @Test("pages are 25 long from page 0, at most 1000 long")
    func pages() throws {
        #expect(try PageRequest(RequestQuery(nil)) == PageRequest(page: 0, size: 25))
        #expect(try PageRequest(RequestQuery("page=2&size=1000")) == PageRequest(page: 2, size: 1000))
        for query in ["size=1001", "size=0", "page=-1", "size=x", "page=99999999999999999999"] {
            #expect(throws: RESTError.self) { try PageRequest(RequestQuery(query)) }
        }
        #expect(try PageRequest(RequestQuery("page=1"), size: 1000) == PageRequest(page: 1, size: 1000))
    }

    @Test("a page of a list is cut out of it, and says whether more follow")
    func pagesOfLists() {
        func page(_ page: Int, _ size: Int) -> (items: [JSONValue], hasMore: Bool)? {
            let request = PageRequest(page: page, size: size)
            let answer = VoiceRESTResponse.page(from: [1, 2, 3], request) { (number: Int) in .integer(number) }
            guard case .page(let items, request, let hasMore) = answer else { return nil }
            return (items, hasMore)
        }
        #expect(page(0, 2)?.items == [.integer(1), .integer(2)] && page(0, 2)?.hasMore == true)
        #expect(page(1, 2)?.items == [.integer(3)] && page(1, 2)?.hasMore == false)
        #expect(page(0, 3)?.hasMore == false && page(9, 3)?.items == [] && page(9, 3)?.hasMore == false)
    }

    @Test("queries are unescaped, and a plus sign is a plus sign")
    func queries() {
        let query = RequestQuery("from=%2B1312&to=+1313&tag=a%20b&empty=&bad=%zz&=x&solo")
        #expect(query["from"] == "+1312")
        #expect(query["to"] == "+1313")
        #expect(query["tag"] == "a b")
        #expect(query["empty"] == nil)
        #expect(query["bad"] == "%zz")
        #expect(query["solo"] == nil)
    }

    @Test("URLs of resources are absolute, with ids escaped")
    func addresses() {
        let addresses = ResourceAddresses(base: "http://127.0.0.1:8080/", user: "u-demo")
        #expect(addresses.call("c-1") == "http://127.0.0.1:8080/v1/users/u-demo/calls/c-1")
        #expect(addresses.url("media", "a;b,c/d") == "http://127.0.0.1:8080/v1/users/u-demo/media/a%3Bb%2Cc%2Fd")
    }

    @Test("a limit of requests is for each user and family, and says how long to wait")
    func rates() {
        let rates = RequestRates(limit: 2)
        #expect(rates.wait("u-1", "calls") == nil)
        #expect(rates.wait("u-1", "calls") == nil)
        let wait = rates.wait("u-1", "calls")
        #expect(wait.map { $0 > .zero && $0 <= .seconds(1) } == true)
        #expect(rates.wait("u-1", "bridges") == nil)
        #expect(rates.wait("u-2", "calls") == nil)
        #expect((0..<100).allSatisfy { _ in RequestRates(limit: 0).wait("u-1", "calls") == nil })
    }
}
