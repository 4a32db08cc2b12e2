import Accounting
import Routing
import SwitchEngine
import Testing
import Timeline

@Suite struct OriginationTests {
    @Test("the first party is offered our codecs and ports, the second what the first answered, and both talk")
    func relayedCall() throws {
        var call = try OriginationHarness()
        let invited = call.originate()
        #expect(invited.map(\.line) == ["INVITE"])
        let first = try #require(invited.first)
        #expect(first.text.hasPrefix("INVITE sip:100@127.0.0.3:5080"))
        #expect(first.value(.from)?.hasPrefix("<sip:200@") == true)
        #expect(first.value(.maxForwards) == "70")
        #expect(first.described("m=") == "audio 20000 RTP/AVP 0 8 101")
        #expect(first.described("c=") == "IN IP4 127.0.0.1")
        #expect(call.state == "ARComplete")
        #expect(call.reply("180 Ringing", to: first).isEmpty)
        let listed = try #require(call.harness.core.listing(at: call.harness.now).first)
        #expect(listed.cli == Array("100".utf8) && listed.cld == Array("200".utf8))
        #expect(String(decoding: listed.callID, as: UTF8.self) == first.value(.callID))
        #expect(listed.connection == 1)

        call.harness.advance(.seconds(3))
        let answered = call.reply("200 OK", to: first, OriginationHarness.body(port: 6000, "8 101"))
        #expect(answered.map(\.line) == ["ACK", "INVITE"])
        let second = try #require(answered.last)
        #expect(second.text.hasPrefix("INVITE sip:200@127.0.0.3:5080"))
        #expect(second.value(.from)?.hasPrefix("<sip:100@") == true)
        #expect(second.described("m=") == "audio 20002 RTP/AVP 8 101")
        #expect(call.state == "ARComplete")
        #expect(call.reply("180 Ringing", to: second).isEmpty)
        call.harness.advance(.seconds(2))
        let connected = call.reply("200 OK", to: second, OriginationHarness.body(port: 7000, "101 8"))
        #expect(connected.map(\.line) == ["ACK"])
        #expect(call.state == "Connected")

        call.harness.advance(.seconds(10))
        let ended = call.harness.deliver(Messages.fromParty("BYE", 1, second), from: second.flow.remote)
        #expect(ended.map(\.line) == ["200 BYE", "BYE"])
        let bye = try #require(ended.last)
        #expect(bye.value(.callID) == first.value(.callID))
        call.reply("200 OK", to: bye)
        let record = try call.conclude()
        #expect(record.origin == .callback && record.ending.endedBy == .callee && record.ending.status == 200)
        #expect(record.duration == .seconds(10))
        #expect(record.attempts.map(\.party) == [.caller, .callee])
        #expect(record.attempts.map(\.outcome) == [.connected, .connected])
        #expect(record.attempts.map(\.delay) == [.seconds(3), .seconds(2)])
        #expect(record.sentence == "The second party hung up after 10.0 s.")
        #expect(String(decoding: record.callerCallID, as: UTF8.self) == first.value(.callID))
    }

    @Test("what the parties are shown can be chosen, and is translated as any call of the account")
    func shownNumbers() throws {
        var call = try OriginationHarness(relays: false) { provisioning, _ in
            provisioning.accounts[0].cldTranslation = "s/^/9/"
            provisioning.accounts[0].cliTranslation = "s/^/+/"
            provisioning.connections[0].cldTranslation = "s/^9/00/"
        }
        let first = try #require(call.originate { $0.first.shown = Array("555".utf8) }.first)
        #expect(first.text.hasPrefix("INVITE sip:00100@"))
        #expect(first.value(.from)?.hasPrefix("<sip:+555@") == true)
        let second = try #require(call.reply("200 OK", to: first, OriginationHarness.body(port: 6000)).last)
        #expect(second.text.hasPrefix("INVITE sip:00200@"))
        #expect(second.value(.from)?.hasPrefix("<sip:+100@") == true)
    }

    @Test("a first party that is busy everywhere ends the call, and the second is never tried")
    func firstBusy() throws {
        var call = try OriginationHarness { provisioning, _ in
            for position in provisioning.connections.indices { provisioning.connections[position].huntstopCodes = "" }
        }
        let first = try #require(call.originate().last)
        let again = call.reply("486 Busy Here", to: first)
        #expect(again.map(\.line) == ["ACK", "INVITE"])
        let other = try #require(again.last)
        #expect(other.flow.remote.port == 5081)
        #expect(other.described("m=") == "audio 20000 RTP/AVP 0 8 101")
        #expect(call.reply("486 Busy Here", to: other).map(\.line) == ["ACK"])
        let record = try call.conclude()
        #expect(record.ending.endedBy == .caller && record.ending.status == 486 && record.times.answer == nil)
        #expect(record.attempts.map(\.party) == [.caller, .caller])
        #expect(record.sentence == "The first party refused with 486 after 2 routes.")
    }

    @Test("a first party that says nothing is given up after the route's timeouts")
    func firstSilent() throws {
        var call = try OriginationHarness { provisioning, _ in
            provisioning.destinationSets[0].routes[0].timeout1xx = .seconds(5)
        }
        let first = try #require(call.originate().last)
        let next = call.harness.advance(.seconds(6)).filter { $0.value(.callID) != first.value(.callID) }
        #expect(next.first?.line == "INVITE" && next.first?.flow.remote.port == 5081)
        let record = try call.conclude()
        #expect(record.ending.status == 408 && record.ending.endedBy == .switch)
        #expect(record.attempts.map(\.outcome) == [.noReply, .noReply])
        #expect(record.sentence.hasPrefix("The first party was not reached: 408"))
    }

    @Test("when the second party refuses, the first is released with BYE and the reason")
    func secondBusy() throws {
        var call = try OriginationHarness { provisioning, _ in
            for position in provisioning.connections.indices {
                provisioning.connections[position].huntstopCodes = "486"
            }
        }
        let (first, second) = try call.firstAnswered()
        let refused = call.reply("486 Busy Here", to: second)
        #expect(refused.map(\.line) == ["ACK", "BYE"])
        let bye = try #require(refused.last)
        #expect(bye.value(.callID) == first.value(.callID))
        #expect(bye.value(.reason) == "Q.850;cause=17")
        call.reply("200 OK", to: bye)
        let record = try call.conclude()
        #expect(record.ending.endedBy == .callee && record.ending.status == 486 && record.times.answer == nil)
        #expect(record.attempts.map(\.party) == [.caller, .callee])
        #expect(record.attempts.map(\.status) == [200, 486])
        #expect(record.sentence == "The second party refused with 486 after one route.")
    }

    @Test("a first party that hangs up while the second rings ends both")
    func firstLeaves() throws {
        var call = try OriginationHarness()
        let (first, second) = try call.firstAnswered()
        call.reply("180 Ringing", to: second)
        let left = call.harness.deliver(Messages.fromParty("BYE", 1, first), from: first.flow.remote)
        #expect(left.map(\.line) == ["200 BYE", "CANCEL"])
        call.reply("200 OK", to: try #require(left.last))
        #expect(call.reply("487 Request Terminated", to: second).map(\.line) == ["ACK"])
        let record = try call.conclude()
        #expect(record.ending.endedBy == .caller && record.ending.status == 487 && record.times.answer == nil)
        #expect(record.attempts.map(\.outcome) == [.connected, .abandoned])
        #expect(record.sentence == "The first party hung up before the second answered.")
    }

    @Test("cancelled while the first party rings, it is cancelled; should it answer all the same, it gets a BYE")
    func cancelledFirst() throws {
        var call = try OriginationHarness()
        let first = try #require(call.originate().last)
        call.reply("180 Ringing", to: first)
        let number = try #require(call.harness.core.listing(at: call.harness.now).first?.id)
        let cancelled = call.harness.give(.command(.disconnect(number, by: .api)))
        #expect(cancelled.map(\.line) == ["CANCEL"])
        let crossed = call.reply("200 OK", to: first, OriginationHarness.body(port: 6000))
        #expect(crossed.map(\.line) == ["ACK", "BYE"])
        call.reply("200 OK", to: try #require(crossed.last))
        let record = try call.conclude()
        #expect(record.ending.endedBy == .api && record.times.answer == nil)
        #expect(record.attempts.map(\.outcome) == [.abandoned])
        #expect(record.sentence == "Ended through the API before the first party answered.")
    }

    @Test("cancelled while the second party rings, the first gets BYE and the second CANCEL")
    func cancelledSecond() throws {
        var call = try OriginationHarness()
        let (first, second) = try call.firstAnswered()
        call.reply("180 Ringing", to: second)
        let number = try #require(call.harness.core.listing(at: call.harness.now).first?.id)
        let cancelled = call.harness.give(.command(.disconnect(number, by: .api)))
        #expect(cancelled.map(\.line).sorted() == ["BYE", "CANCEL"])
        #expect(cancelled.first { $0.line == "BYE" }?.value(.callID) == first.value(.callID))
        let crossed = call.reply("200 OK", to: second, OriginationHarness.body(port: 7000))
        #expect(crossed.map(\.line) == ["ACK", "BYE"])
        let record = try call.conclude()
        #expect(record.ending.endedBy == .api && record.ending.status == 480 && record.times.answer == nil)
    }

    @Test("a connected call is ended on both sides by the API, and when its credit time is over")
    func endedBySwitch() throws {
        var other = try OriginationHarness()
        _ = try other.connected()
        let number = try #require(other.harness.core.listing(at: other.harness.now).first?.id)
        #expect(other.harness.give(.command(.disconnect(number, by: .api))).map(\.line) == ["BYE", "BYE"])
        #expect(try other.conclude().ending.status == 200)

        var timed = try OriginationHarness()
        let first = try #require(timed.originate { $0.creditTime = .seconds(30) }.last)
        let second = try #require(timed.reply("200 OK", to: first, OriginationHarness.body(port: 6000)).last)
        timed.reply("180 Ringing", to: second)
        timed.harness.advance(.seconds(20))
        timed.reply("200 OK", to: second, OriginationHarness.body(port: 7000))
        #expect(timed.harness.advance(.milliseconds(29_900)).isEmpty)
        #expect(timed.harness.advance(.milliseconds(200)).map(\.line) == ["BYE", "BYE"])
        let record = try timed.conclude()
        #expect(record.duration == .seconds(30) && record.ending.endedBy == .switch)
    }

    @Test("a party that loses the dialog ends the call for the other one")
    func crashed() throws {
        var call = try OriginationHarness()
        let (first, second) = try call.firstAnswered("0 8 101")
        let realigned = call.reply("200 OK", to: second, OriginationHarness.body(port: 7000, "8 101"))
        let offer = try #require(realigned.last)
        #expect(offer.value(.callID) == first.value(.callID))
        let lost = call.reply("481 Call/Transaction Does Not Exist", to: offer)
        #expect(lost.filter { $0.line == "BYE" }.count == 2)
        let record = try call.conclude()
        #expect(record.ending.endedBy == .switch && record.times.answer != nil)
    }

    @Test("an unroutable second party is found out before the first is disturbed")
    func unroutable() throws {
        var call = try OriginationHarness { provisioning, _ in
            provisioning.destinationSets[0].routes = [Route(prefix: "1")]
        }
        #expect(call.originate().isEmpty)
        let record = try call.conclude()
        #expect(record.ending.status == 404 && record.attempts.isEmpty && record.callerCallID.isEmpty)
    }

    @Test("a draining switch, an unknown account and the limit of the switch refuse without a call")
    func refusals() throws {
        var draining = try OriginationHarness()
        draining.harness.give(.draining(true))
        draining.originate()
        #expect(draining.outcome == .refused(.draining))
        var unknown = try OriginationHarness()
        unknown.originate { $0.account = 99 }
        #expect(unknown.outcome == .refused(.unknownAccount))
        var full = try OriginationHarness { $1.limits.calls = 1 }
        full.originate()
        full.originate()
        #expect(full.outcome == .refused(.limitReached(.switchCalls)))
        #expect(full.harness.core.callCount == 1)
    }

    @Test("the limit of the account refuses with a record, and both legs count on their connections until they end")
    func limits() throws {
        var call = try OriginationHarness { provisioning, _ in
            provisioning.accounts[0].maxSessions = 1
            provisioning.connections[0].capacity = 1
        }
        let (first, second) = try call.firstAnswered()
        #expect(first.flow.remote.port == 5080 && second.flow.remote.port == 5081)
        call.originate()
        #expect(call.harness.core.listing(at: call.harness.now).map(\.state.name) == ["ARComplete", "Dead"])
        let bye = Messages.fromParty("BYE", 1, first)
        call.harness.deliver(bye, from: first.flow.remote)
        call.reply("487 Request Terminated", to: second)
        call.harness.advance(.seconds(70))
        let again = try #require(call.originate().last)
        #expect(again.flow.remote.port == 5080)
        #expect(call.harness.allRecords.map(\.ending.status).contains(403))
    }

    @Test("a blocked account may not originate")
    func blocked() throws {
        var call = try OriginationHarness { provisioning, _ in provisioning.accounts[0].isBlocked = true }
        #expect(call.originate().isEmpty)
        #expect(try call.conclude().ending.status == 403)
    }
}
