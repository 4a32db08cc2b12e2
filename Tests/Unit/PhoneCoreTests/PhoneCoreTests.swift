import Addresses
import SIPMessages
import Testing
import Timeline

@testable import TestPhone

@Suite struct PhoneCoreTests {
    @Test("a call is INVITE, 180, 200, ACK, BYE, 200, and leaves nothing behind")
    func basicCall() {
        var pair = PhonePair()
        pair.place()
        pair.run(for: .seconds(1))
        pair.hangUp()
        pair.run(for: .seconds(40))
        #expect(pair.ladder == ["> INVITE", "< 180", "< 200", "> ACK", "> BYE", "< 200"])
        #expect(pair.callerReports.first?.setupTime == .milliseconds(10))
        #expect(pair.callerReports.first?.duration == .milliseconds(990))
        #expect(pair.calleeReports.first?.endedBy == .remote)
        #expect(pair.isClean)
        #expect(pair.caller.nextDeadline == nil && pair.callee.nextDeadline == nil)
    }

    @Test("a lost INVITE, 200, ACK and BYE are repeated and the call holds")
    func losses() {
        var pair = PhonePair()
        pair.loses = { message, count in
            let name = message.isRequest ? "\(message.method)" : "\(message.status?.rawValue ?? 0)"
            return name != "180" && count < 12 && ["invite", "200", "ack"].contains(name) && (count % 3 == 0)
        }
        pair.place()
        pair.run(for: .seconds(20))
        #expect(pair.events.contains(.answered))
        pair.loses = { message, count in message.method == .bye && message.isRequest && count % 2 == 0 }
        pair.calleeHangsUp()
        pair.run(for: .seconds(70))
        #expect(pair.calleeReports.count == 1 && pair.callerReports.count == 1)
        #expect(pair.isClean)
    }

    @Test("a 200 that is never acknowledged is repeated for 32 s, then the call is ended with BYE")
    func neverAcknowledged() {
        var pair = PhonePair()
        pair.loses = { message, _ in message.method == .ack }
        pair.place()
        pair.run(for: .seconds(31))
        #expect(pair.ladder.count { $0 == "< 200" } == 10)
        #expect(!pair.ladder.contains("< BYE"))
        pair.run(for: .seconds(2))
        #expect(pair.ladder.contains("< BYE"))
        pair.run(for: .seconds(40))
        #expect(pair.calleeReports.first?.endedBy == .network)
        #expect(pair.calleeReports.first?.status == .requestTimeout)
        #expect(pair.isClean)
    }

    @Test("an INVITE nobody answers is sent seven times and given up after 32 s")
    func silence() {
        var pair = PhonePair()
        pair.loses = { _, _ in true }
        pair.place()
        pair.run(for: .seconds(60))
        #expect(pair.ladder == [String](repeating: "> INVITE", count: 7))
        #expect(pair.callerReports.first?.status == .requestTimeout)
        #expect(pair.callerReports.first?.endedBy == .network)
        #expect(pair.isClean)
    }

    @Test("a CANCEL that crosses the 200 leads to ACK and BYE")
    func cancelCrossesAnswer() {
        var pair = PhonePair()
        pair.callee.policy = AnswerPolicy(.answer(after: .milliseconds(100)))
        pair.place()
        // The 200 leaves at 105 ms and arrives at 110 ms; the CANCEL leaves at 107 ms.
        pair.run(for: .milliseconds(107))
        pair.hangUp()
        pair.run(for: .seconds(70))
        #expect(pair.ladder.contains("> CANCEL") && pair.ladder.contains("> ACK") && pair.ladder.contains("> BYE"))
        #expect(pair.callerReports.first?.endedBy == .local)
        #expect(pair.isClean)
    }

    @Test("a call given up by the clock ends with 487 on both sides")
    func patience() {
        var pair = PhonePair()
        pair.callee.policy = AnswerPolicy(.ring)
        var request = CallRequest("sip:bob@10.0.0.2")
        request.patience = .seconds(3)
        pair.place(request)
        pair.run(for: .seconds(40))
        #expect(pair.ladder == ["> INVITE", "< 180", "> CANCEL", "< 200", "< 487", "> ACK"])
        #expect(pair.callerReports.first?.status == .requestTerminated)
        #expect(pair.calleeReports.first?.endedBy == .remote)
        #expect(pair.isClean)
    }

    @Test("both sides hanging up at once end once each")
    func crossingByes() {
        var pair = PhonePair()
        pair.place()
        pair.run(for: .seconds(1))
        pair.hangUp()
        pair.calleeHangsUp()
        pair.run(for: .seconds(40))
        #expect(pair.callerReports.count == 1 && pair.calleeReports.count == 1)
        #expect(pair.ladder.count { $0.hasSuffix("BYE") } == 2)
        #expect(pair.isClean)
    }

    @Test("hold and resume by re-INVITE are answered in the mirrored direction and change the audio")
    func hold() throws {
        var pair = PhonePair()
        pair.place()
        pair.run(for: .seconds(1))
        for (number, direction) in [(2, "sendonly"), (3, "inactive"), (4, "sendrecv")] {
            pair.inject(reinvite(pair, number: number, direction: direction))
            pair.run(for: .milliseconds(20))
            let answer = try #require(pair.sent.last { !$0.isToCallee })
            let text = String(decoding: answer.bytes, as: UTF8.self)
            let mirrored = ["sendonly": "recvonly"][direction] ?? direction
            #expect(text.contains("a=\(mirrored)\r\n"))
            pair.inject(request(pair, "ACK", number: number))
        }
        #expect(pair.events.suffix(2) == [.held, .resumed])
        #expect(pair.agreements.map(\.isHeld) == [false, true, false])
        #expect(pair.ladder.filter { $0 == "< 491" }.isEmpty)
    }

    @Test("requests that repeat an old number, or belong to no dialog, are refused")
    func strangeRequests() throws {
        var pair = PhonePair()
        pair.place()
        pair.run(for: .seconds(1))
        pair.inject(request(pair, "INFO", number: 1))
        #expect(pair.ladder.last == "< 500")
        var foreign = String(decoding: request(pair, "BYE", number: 9), as: UTF8.self)
        foreign.replace("Call-ID: ", with: "Call-ID: x")
        pair.inject(Array(foreign.utf8))
        #expect(pair.ladder.last == "< 481")
        pair.inject(request(pair, "SUBSCRIBE", number: 10))
        #expect(pair.ladder.last == "< 405")
        pair.inject(Array("garbage\r\n\r\n".utf8))
        #expect(pair.callee.legs.count == 1)
    }

    @Test("an INVITE without an offer is answered with one, and the ACK's answer starts the audio")
    func lateOffer() throws {
        var pair = PhonePair()
        let invite = """
            INVITE sip:bob@10.0.0.2 SIP/2.0
            Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKlate;rport
            Max-Forwards: 70
            From: <sip:alice@10.0.0.1>;tag=late
            To: <sip:bob@10.0.0.2>
            Call-ID: late@10.0.0.1
            CSeq: 1 INVITE
            Contact: <sip:alice@10.0.0.1>
            Content-Length: 0


            """
        pair.inject(Array(invite.replacing("\n", with: "\r\n").utf8))
        let answer = try #require(pair.sent.last)
        #expect(pair.ladder == ["< 180", "< 200"])
        let offer = try #require(try? MessageParser.parse(answer.bytes))
        #expect(!offer.body.isEmpty && pair.agreements.isEmpty)
        let tag = String(decoding: offer.copy(try #require(offer.to.tag)), as: UTF8.self)
        let body = "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\nm=audio 30000 RTP/AVP 8\r\n"
        let ack = """
            ACK sip:bob@10.0.0.2 SIP/2.0
            Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKlateack;rport
            Max-Forwards: 70
            From: <sip:alice@10.0.0.1>;tag=late
            To: <sip:bob@10.0.0.2>;tag=\(tag)
            Call-ID: late@10.0.0.1
            CSeq: 1 ACK
            Content-Type: application/sdp
            Content-Length: \(body.utf8.count)


            """
        pair.inject(Array(ack.replacing("\n", with: "\r\n").utf8) + Array(body.utf8))
        #expect(pair.agreements.first?.remote == Endpoint(IPAddress(v4: 0x0A00_0001), 30_000))
        #expect(pair.agreements.first?.codec == .pcma)
        #expect(pair.events.last == .answered)
    }

    /// A request inside the pair's dialog, written by hand.
    private func request(_ pair: PhonePair, _ method: String, number: Int, body: String = "") -> [UInt8] {
        guard let leg = pair.caller.legs.values.first else { return [] }
        func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
        let message = """
            \(method) sip:bob@10.0.0.2 SIP/2.0
            Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK\(method)\(number);rport
            Max-Forwards: 70
            From: \(text(leg.dialog.localAddress));tag=\(text(leg.dialog.localTag))
            To: \(text(leg.dialog.remoteAddress));tag=\(text(leg.dialog.remoteTag))
            Call-ID: \(text(leg.dialog.callID))
            CSeq: \(number) \(method)
            Contact: <sip:alice@10.0.0.1:5060>
            \(body.isEmpty ? "" : "Content-Type: application/sdp\n")Content-Length: \(body.utf8.count)


            """
        return Array(message.replacing("\n", with: "\r\n").utf8) + Array(body.utf8)
    }

    private func reinvite(_ pair: PhonePair, number: Int, direction: String) -> [UInt8] {
        let body = [
            "v=0", "o=- 1 \(number) IN IP4 10.0.0.1", "s=-", "c=IN IP4 10.0.0.1", "t=0 0",
            "m=audio 30000 RTP/AVP 0 101", "a=rtpmap:101 telephone-event/8000", "a=\(direction)", "",
        ].joined(separator: "\r\n")
        return request(pair, "INVITE", number: number, body: body)
    }
}
