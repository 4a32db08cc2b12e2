import Addresses
import Testing

@testable import Webhooks

struct CallbackURLTests {
    @Test("credentials leave the URL and become the Authorization field")
    func credentials() throws {
        let url = try #require(CallbackURL("HTTPS://bob:p%40ss@App.Example.net/ev?a=b#top"))
        #expect(url.url.absoluteString == "https://app.example.net/ev?a=b")
        #expect(url.authorization == "Basic Ym9iOnBAc3M=")
        #expect(url.host == "app.example.net" && url.port == 443 && url.isSecure)
        #expect(CallbackURL.shown("http://bob:secret@h/") == "http://h/")
        #expect(CallbackURL.shown("ftp://bob:secret@h/") == "h/")
    }

    @Test(
        "what is no absolute http URL is refused",
        arguments: [
            "", "/ev", "ftp://h/", "http://", "file:///etc/passwd", "http://h:0/", "http://h:70000/", "unix:///x",
        ])
    func refused(text: String) {
        #expect(CallbackURL(text) == nil)
    }

    @Test("a query is added to the URL's own")
    func query() throws {
        #expect(try #require(CallbackURL("http://h")).target(adding: "a=1") == "/?a=1")
        #expect(try #require(CallbackURL("http://h/x?")).target(adding: "a=1") == "/x?a=1")
        #expect(try #require(CallbackURL("http://h/x?b=1&")).target(adding: "a=1") == "/x?b=1&a=1")
        #expect(try #require(CallbackURL("http://h/x?b=%2B2#top")).target(adding: "a=1") == "/x?b=%2B2&a=1")
    }

    @Test(
        "the Host field names the port where it is not the scheme's own",
        arguments: [
            ("http://H.example/", "h.example"), ("http://h:80/", "h"), ("http://h:443/", "h:443"),
            ("https://h:443/", "h"), ("https://h:80/", "h:80"),
            ("http://[::1]:81/x", "[::1]:81"), ("http://[::1]/x", "[::1]"),
        ])
    func hostField(text: String, expected: String) throws {
        #expect(try #require(CallbackURL(text)).hostField == expected)
    }

    @Test(
        "nothing in a URL can end a line of the request",
        arguments: [
            "http://h/a\r\nX: y", "http://h/ a", "http://h\r\n.example/", "http://h/?a=\u{0}\n", "http://h%0d%0a/",
        ])
    func injection(text: String) {
        guard let url = CallbackURL(text) else { return }
        #expect((url.target + url.hostField).utf8.allSatisfy { (0x21...0x7E).contains($0) })
    }

    @Test(
        "special addresses are not public",
        arguments: [
            "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "169.254.169.254", "172.16.0.1",
            "172.31.255.255", "192.0.0.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "224.0.0.1", "239.1.1.1",
            "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.51.100.1", "203.0.113.1", "::", "::1", "::ffff:10.0.0.1",
            "::127.0.0.1", "64:ff9b::7f00:1", "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1", "2001:db8::1",
            "2001::1", "2002:7f00:1::1", "3fff::1",
        ])
    func special(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(!AddressGuard(allowsPrivate: false).permits(address))
    }

    @Test(
        "ordinary addresses are public",
        arguments: [
            "1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "192.169.0.1", "223.255.255.1", "2606:4700::1111",
            "2a00:1450::1",
        ])
    func ordinary(text: String) throws {
        #expect(AddressGuard(allowsPrivate: false).permits(try #require(IPAddress(text))))
    }

    @Test("allowing private addresses allows neither multicast nor the unspecified one")
    func allowed() throws {
        let guardian = AddressGuard(allowsPrivate: true)
        for text in ["127.0.0.1", "10.0.0.1", "fd00::1", "::1"] {
            #expect(guardian.permits(try #require(IPAddress(text))))
        }
        for text in ["0.0.0.0", "::", "224.0.0.1", "ff02::1", "255.255.255.255"] {
            #expect(!guardian.permits(try #require(IPAddress(text))))
        }
    }
}
