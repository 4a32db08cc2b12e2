import Addresses
import SIPTransactions
import Testing

@Suite struct ListenAddressTests {
    @Test(
        "listen addresses are read and written in one form",
        arguments: [
            "udp:0.0.0.0:5060", "tcp:127.0.0.1:0", "tls:192.0.2.1:5061", "udp:[::]:5060", "wss:[2001:db8::1]:443",
        ])
    func roundTrip(text: String) throws {
        #expect(try #require(ListenAddress(text)).description == text)
    }

    @Test(
        "everything else is refused",
        arguments: [
            "", ":", "udp", "udp:", "udp:0.0.0.0", "udp:::5060", "sctp:0.0.0.0:5060", "UDP:0.0.0.0:5060",
            "udp:host:5060",
            "udp:0.0.0.0:65536", "udp:0.0.0.0:5060 ", "0.0.0.0:5060",
        ])
    func refused(text: String) {
        #expect(ListenAddress(text) == nil)
    }
}
