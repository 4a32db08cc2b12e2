import Addresses
import Testing

@Suite struct AddressTextTests {
    @Test(
        "an address is read in every form and written in one",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
            ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("[::1]", "::1"),
            ("2001:db8:0:0:0:0:0:1", "2001:db8::1"), ("2001:DB8::10", "2001:db8::10"),
            ("2001:db8::10:5070", "2001:db8::10:5070"), ("2001:0db8:0000:1:0:0:0:2", "2001:db8:0:1::2"),
            ("1:0:0:2:0:0:0:3", "1:0:0:2::3"), ("1:0:0:2:3:0:0:4", "1::2:3:0:0:4"),
            ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
            ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
            ("::ffff:192.0.2.2", "192.0.2.2"), ("2001:db8::192.0.2.1", "2001:db8::c000:201"),
            ("2001:db8:::192.0.2.1", "2001:db8::c000:201"), ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
            ("fe80::", "fe80::"), (":::1", "::1"),
        ])
    func forms(text: String, canonical: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == canonical)
        #expect(IPAddress(canonical) == address)
    }

    @Test(
        "what is no address is refused",
        arguments: [
            "", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4 ", " 1.2.3.4", "1..2.3", "1.2.3.", "0x7f.0.0.1",
            "host",
            ":", "1:", ":1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::", "::1%eth0", "[::1",
            "::1]", "[1.2.3.4]", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3", "1.2.3.4::", "1:2:3:4:5:6:7:8::", "::::",
        ])
    func refused(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test("an endpoint needs a port, and brackets around IPv6")
    func endpoints() throws {
        #expect(Endpoint("192.0.2.1:5060")?.description == "192.0.2.1:5060")
        #expect(Endpoint("[2001:db8::1]:5061")?.description == "[2001:db8::1]:5061")
        for text in ["192.0.2.1", "192.0.2.1:", "192.0.2.1:65536", "2001:db8::1:5060", "[::1]", "192.0.2.1:5060x", ""] {
            #expect(Endpoint(text) == nil)
        }
    }

    @Test("a network contains the addresses of its block")
    func networks() throws {
        let network = try #require(IPNetwork("10.1.0.0/16"))
        #expect(network.contains(try #require(IPAddress("10.1.255.3"))))
        #expect(!network.contains(try #require(IPAddress("10.2.0.1"))))
        let six = try #require(IPNetwork("2001:db8::/32"))
        #expect(six.contains(try #require(IPAddress("2001:db8:ffff::1"))))
        #expect(!six.contains(try #require(IPAddress("10.1.255.3"))))
        #expect(IPNetwork("127.0.0.5")?.prefixLength == 32)
        #expect(IPNetwork("::1")?.description == "::1/128")
        for text in ["10.0.0.0/33", "10.0.0.0/", "::/129", "x/8", "10.0.0.0/-1"] { #expect(IPNetwork(text) == nil) }
    }
}
