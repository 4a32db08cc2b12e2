import MediaSessions
import SIPMessages
import SwitchEngine
import Testing
import Timeline

@Suite struct OriginationMediaTests {
    /// Both have answered, the second with fewer formats: the re-INVITE that the first gets.
    static func narrowed() throws -> (OriginationHarness, first: Sent, second: Sent, offer: Sent) {
        var call = try OriginationHarness()
        let (first, second) = try call.firstAnswered("0 8 101")
        let sent = call.reply("200 OK", to: second, OriginationHarness.body(port: 7000, "8 101"))
        #expect(sent.map(\.line) == ["ACK", "INVITE"])
        return (call, first, second, try #require(sent.last))
    }

    @Test("a second party that takes fewer formats is offered to the first by re-INVITE, once")
    func codecNarrowed() throws {
        var (call, first, _, offer) = try Self.narrowed()
        #expect(offer.value(.callID) == first.value(.callID))
        #expect(offer.described("m=") == "audio 20000 RTP/AVP 8 101")
        let before = try #require(first.described("o=")?.split(separator: " "))
        let after = try #require(offer.described("o=")?.split(separator: " "))
        #expect(before[1] == after[1] && before[2] == "1" && after[2] == "2")
        let settled = call.reply("200 OK", to: offer, OriginationHarness.body(port: 6000, "8 101", version: 2))
        #expect(settled.map(\.line) == ["ACK"])
        #expect(call.harness.advance(.seconds(20)).isEmpty)
        #expect(call.state == "Connected")
    }

    @Test("a first party that narrows further is told to the second")
    func narrowedTwice() throws {
        var (call, _, second, offer) = try Self.narrowed()
        let again = call.reply("200 OK", to: offer, OriginationHarness.body(port: 6000, "8", version: 2))
        #expect(again.map(\.line) == ["ACK", "INVITE"])
        let told = try #require(again.last)
        #expect(told.value(.callID) == second.value(.callID))
        #expect(told.described("m=") == "audio 20002 RTP/AVP 8")
        let settled = call.reply("200 OK", to: told, OriginationHarness.body(port: 7000, "8", version: 2))
        #expect(settled.map(\.line) == ["ACK"])
        #expect(call.harness.advance(.seconds(20)).isEmpty)
    }

    @Test("parties that never agree are not asked for ever")
    func stubborn() throws {
        var (call, _, _, offer) = try Self.narrowed()
        var asked = 1
        var formats = "0 8 101"
        while asked < 20 {
            let sent = call.reply("200 OK", to: offer, OriginationHarness.body(port: 6000, formats))
            guard let next = sent.last, next.line == "INVITE" else { break }
            asked += 1
            offer = next
            formats = formats == "8" ? "0 8 101" : "8"
        }
        #expect(asked == 4)
        #expect(call.state == "Connected")
    }

    @Test("a re-INVITE that crosses the party's own is sent again by the clock of who owns the Call-ID")
    func glare() throws {
        var (call, first, _, offer) = try Self.narrowed()
        #expect(call.reply("491 Request Pending", to: offer).map(\.line) == ["ACK"])
        #expect(call.harness.advance(.milliseconds(2_099)).isEmpty)
        let again = call.harness.advance(.milliseconds(1_902))
        #expect(again.first?.line == "INVITE")
        let repeated = try #require(again.first)
        #expect(repeated.value(.callID) == first.value(.callID))
        #expect(repeated.described("m=") == "audio 20000 RTP/AVP 8 101")
        #expect(repeated.described("o=") == offer.described("o="))
        call.reply("200 OK", to: repeated, OriginationHarness.body(port: 6000, "8 101"))
        #expect(call.harness.advance(.seconds(20)).isEmpty)
    }

    @Test("when the first party's own re-INVITE wins the race, ours is not needed any more")
    func crossed() throws {
        var (call, first, second, offer) = try Self.narrowed()
        let theirs = Messages.fromParty(
            "INVITE", 1, first, body: OriginationHarness.body(port: 6000, "8 101", version: 2))
        #expect(call.harness.deliver(theirs, from: first.flow.remote).map(\.line) == ["491 INVITE"])
        let acknowledgement = theirs.replacing("INVITE sip", with: "ACK sip").replacing("1 INVITE", with: "1 ACK")
        call.harness.deliver(acknowledgement, from: first.flow.remote)
        call.reply("491 Request Pending", to: offer)
        let again = theirs.replacing("INVITE1", with: "INVITE2").replacing("CSeq: 1", with: "CSeq: 2")
        let passed = call.harness.deliver(again, from: first.flow.remote)
        #expect(passed.map(\.line) == ["100 INVITE", "INVITE"])
        let toSecond = try #require(passed.last)
        #expect(toSecond.value(.callID) == second.value(.callID))
        let answered = call.reply("200 OK", to: toSecond, OriginationHarness.body(port: 7000, "8 101", version: 2))
        #expect(answered.map(\.line) == ["ACK", "200 INVITE"])
        call.harness.deliver(Messages.fromParty("ACK", 2, first), from: first.flow.remote)
        #expect(call.harness.advance(.seconds(20)).isEmpty)
        #expect(call.state == "Connected")
    }

    @Test("a first party that refuses the re-INVITE talks on with what it had, as media pass the switch")
    func refused() throws {
        var (call, _, _, offer) = try Self.narrowed()
        #expect(call.reply("488 Not Acceptable Here", to: offer).map(\.line) == ["ACK"])
        #expect(call.harness.advance(.seconds(20)).isEmpty)
        #expect(call.state == "Connected")
    }

    @Test("a first party that answers without a stream is released")
    func noStream() throws {
        var call = try OriginationHarness()
        let first = try #require(call.originate().last)
        let sent = call.reply("200 OK", to: first, OriginationHarness.body(port: 0))
        #expect(sent.map(\.line) == ["ACK", "BYE"])
        #expect(sent.last?.value(.reason) == "Q.850;cause=88")
        #expect(try call.conclude().ending.status == 488)
    }

    @Test("a first party that holds while the second rings is answered by the switch, and the second is told")
    func heldWhileRinging() throws {
        var call = try OriginationHarness()
        let (first, second) = try call.firstAnswered()
        call.reply("180 Ringing", to: second)
        let hold = OriginationHarness.body(port: 6010, "0 8 101", direction: "sendonly", version: 2)
        let held = call.harness.deliver(Messages.fromParty("INVITE", 1, first, body: hold), from: first.flow.remote)
        #expect(held.map(\.line) == ["100 INVITE", "200 INVITE"])
        let answer = try #require(held.last)
        #expect(answer.described("m=") == "audio 20000 RTP/AVP 0 8 101")
        #expect(answer.described("a=recvonly") == "")
        #expect(call.harness.callerTarget == "127.0.0.3:6010")
        call.harness.deliver(Messages.fromParty("ACK", 1, first), from: first.flow.remote)
        let told = call.reply("200 OK", to: second, OriginationHarness.body(port: 7000))
        #expect(told.map(\.line) == ["ACK", "INVITE"])
        let toFirst = try #require(told.last)
        #expect(toFirst.value(.callID) == first.value(.callID))
        let again = call.reply(
            "200 OK", to: toFirst, OriginationHarness.body(port: 6010, direction: "sendonly", version: 3))
        #expect(again.map(\.line) == ["ACK", "INVITE"])
        let toSecond = try #require(again.last)
        #expect(toSecond.described("a=sendonly") == "")
        let body = OriginationHarness.body(port: 7000, direction: "recvonly", version: 2)
        #expect(call.reply("200 OK", to: toSecond, body).map(\.line) == ["ACK"])
        #expect(call.harness.advance(.seconds(20)).isEmpty)
    }

    @Test("without ports the call ends before anybody is called")
    func noPorts() throws {
        var call = try OriginationHarness()
        let request = OriginationRequest(
            account: 3, origin: .api, first: .init(number: Array("100".utf8)),
            second: .init(number: Array("200".utf8)))
        _ = call.harness.originate(request)
        let session = try #require(call.harness.openedSession)
        #expect(call.harness.give(.media(.openFailed(session))).isEmpty)
        let record = try call.conclude()
        #expect(record.ending.status == 503 && record.origin == .api)
    }

    // MARK: Direct media

    /// A direct call whose second party has answered; the re-INVITE of the first.
    static func direct() throws -> (OriginationHarness, first: Sent, second: Sent, offer: Sent) {
        var call = try OriginationHarness(relays: false)
        let first = try #require(call.originate().last)
        #expect(first.line == "INVITE" && first.value(.contentLength) == "0")
        let sent = call.reply("200 OK", to: first, OriginationHarness.body(port: 6000, "9 0 8 101"))
        #expect(sent.map(\.line) == ["ACK", "INVITE"])
        #expect(sent[0].described("m=") == "audio 9 RTP/AVP 9 0 8 101")
        #expect(sent[0].described("c=") == "IN IP4 0.0.0.0")
        #expect(sent[0].described("a=inactive") == "")
        let second = try #require(sent.last)
        #expect(second.described("m=") == "audio 6000 RTP/AVP 9 0 8 101")
        #expect(second.described("c=") == "IN IP4 127.0.0.3")
        let answered = call.reply("200 OK", to: second, OriginationHarness.body(port: 7000, "9 101"))
        #expect(answered.map(\.line) == ["ACK", "INVITE"])
        let offer = try #require(answered.last)
        #expect(offer.value(.callID) == first.value(.callID))
        #expect(offer.described("m=") == "audio 7000 RTP/AVP 9 101")
        let before = try #require(sent[0].described("o=")?.split(separator: " "))
        let after = try #require(offer.described("o=")?.split(separator: " "))
        #expect(before[1] == after[1] && before[2] == "1" && after[2] == "2")
        return (call, first, second, offer)
    }

    @Test("without a relay no transaction of the first party waits for the second, and both learn where the other is")
    func directCall() throws {
        var (call, first, second, offer) = try Self.direct()
        let settled = call.reply("200 OK", to: offer, OriginationHarness.body(port: 6000, "9 101", version: 2))
        #expect(settled.map(\.line) == ["ACK"])
        #expect(call.harness.advance(.seconds(20)).isEmpty)

        let moved = OriginationHarness.body(port: 7010, "9 101", version: 2)
        let passed = call.harness.deliver(
            Messages.fromParty("INVITE", 1, second, body: moved), from: second.flow.remote)
        #expect(passed.map(\.line) == ["100 INVITE", "INVITE"])
        let toFirst = try #require(passed.last)
        #expect(toFirst.value(.callID) == first.value(.callID))
        #expect(toFirst.described("m=") == "audio 7010 RTP/AVP 9 101")
        let origin = try #require(toFirst.described("o=")?.split(separator: " "))
        #expect(origin[1] == offer.described("o=")?.split(separator: " ")[1] && origin[2] == "3")
    }

    @Test("without a relay the second party is told when the first moves")
    func directMove() throws {
        var (call, _, second, offer) = try Self.direct()
        let again = call.reply("200 OK", to: offer, OriginationHarness.body(port: 6020, "9 101", version: 2))
        #expect(again.map(\.line) == ["ACK", "INVITE"])
        let told = try #require(again.last)
        #expect(told.value(.callID) == second.value(.callID))
        #expect(told.described("m=") == "audio 6020 RTP/AVP 9 101")
        let settled = call.reply("200 OK", to: told, OriginationHarness.body(port: 7000, "9 101", version: 2))
        #expect(settled.map(\.line) == ["ACK"])
        #expect(call.harness.advance(.seconds(20)).isEmpty)
    }

    @Test("without a relay a refused re-INVITE ends the call, as neither would hear the other")
    func directRefused() throws {
        var (call, _, _, offer) = try Self.direct()
        let ended = call.reply("488 Not Acceptable Here", to: offer)
        #expect(ended.map(\.line) == ["ACK", "BYE", "BYE"])
        let record = try call.conclude()
        #expect(record.ending.endedBy == .switch)
        #expect(String(decoding: record.ending.detail, as: UTF8.self).contains("refused the media"))
    }
}
