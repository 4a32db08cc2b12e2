import Addresses
import SIPTransactions
import Testing

@testable import SwitchRuntime

@Suite("The order in which datagrams leave")
struct SendOrderTests {
    /// The first words of the messages in the order in which they leave.
    private func order(_ messages: [String]) -> [String] {
        var order = SendOrder()
        var left: [String] = []
        let flow = Flow(
            transport: .udp, listener: 0, local: Endpoint(IPAddress(v4: 0x7F00_0001), 5060),
            remote: Endpoint(IPAddress(v4: 0x7F00_0002), 5060))
        for message in messages {
            order.add((Array("\(message) \r\n".utf8), flow)) { left.append(text($0)) }
        }
        order.finish { left.append(text($0)) }
        #expect(!order.isHolding)
        return left
    }

    private func text(_ datagram: SendOrder.Datagram) -> String {
        String(decoding: datagram.bytes.dropLast(3), as: UTF8.self)
    }

    @Test("an INVITE leaves before the 100 that its caller gets")
    func trying() {
        #expect(order(["SIP/2.0 100", "INVITE"]) == ["INVITE", "SIP/2.0 100"])
    }

    @Test("a 200 leaves before the ACK for the one that caused it")
    func acknowledgement() {
        #expect(order(["ACK", "SIP/2.0 200"]) == ["SIP/2.0 200", "ACK"])
    }

    @Test("a final response never overtakes a 100 that was there before it")
    func responses() {
        #expect(order(["SIP/2.0 100", "SIP/2.0 404"]) == ["SIP/2.0 100", "SIP/2.0 404"])
        #expect(order(["SIP/2.0 100", "INVITE", "SIP/2.0 183"]) == ["INVITE", "SIP/2.0 100", "SIP/2.0 183"])
    }

    @Test("a request never overtakes an ACK that was there before it")
    func requests() {
        #expect(order(["ACK", "BYE"]) == ["ACK", "BYE"])
        #expect(order(["ACK", "SIP/2.0 500", "INVITE"]) == ["SIP/2.0 500", "ACK", "INVITE"])
    }

    @Test("nothing is lost where several wait")
    func several() {
        let messages = ["SIP/2.0 100", "SIP/2.0 100", "ACK", "ACK", "SIP/2.0 1000", "X"]
        #expect(order(messages).sorted() == messages.sorted())
    }
}
