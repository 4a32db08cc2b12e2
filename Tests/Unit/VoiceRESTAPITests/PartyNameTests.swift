import Testing

@testable import VoiceRESTAPI

@Suite("The names of parties")
struct PartyNameTests {
    @Test(
        "a party has one name, however a client writes it",
        arguments: [
            ("+13125550147", "+13125550147"), ("13125550147", "+13125550147"), ("+1 (312) 555-0147", "+13125550147"),
            (" 13125550147", "+13125550147"), ("1.312.555.0147", "+13125550147"), ("911", "911"),
            ("0049305550147", "0049305550147"), ("SIP:Desk@PBX.example.net", "sip:Desk@pbx.example.net"),
            ("sip:+1312-555@a.example:5062;transport=UDP", "sip:+1312-555@a.example:5062;transport=udp"), ("", ""),
        ])
    func names(_ text: String, _ name: String) {
        #expect(PartyName.canonical(text) == name)
        #expect(PartyName.canonical(name) == name)
    }

    @Test(
        "the number in a name has no plus sign and no host",
        arguments: [
            ("+13125550147", "13125550147"), ("13125550147", "13125550147"), ("sip:+1312@a.example", "1312"),
            ("sip:desk;x=1@a.example", "desk"), ("", ""),
        ])
    func numbers(_ name: String, _ digits: String) {
        #expect(PartyName.digits(of: name) == digits)
    }

    @Test(
        "what is routed of whom a call is placed to is a number as it was written, or the user of an address",
        arguments: [
            ("+13125550147", "+13125550147"), ("911", "911"), ("SIP:desk@pbx.example.net", "desk"),
            ("sip:+1312;x=1@a.example", "+1312"), ("sip:@a.example", nil),
        ])
    func routed(_ destination: String, _ number: String?) {
        #expect(PartyName.number(dialled: destination) == number)
    }
}
