import CallEvents
import SIPMessages
import TestPhone
import Testing
import VoiceRESTAPI

/// Hang-up causes, each from the SIP status or the action that leads to it.
@Suite("How driven calls end", .timeLimit(.minutes(5)))
struct HangupCauseTests {
    private static let causes: [(UInt16, String)] = [
        (400, "NORMAL_TEMPORARY_FAILURE"), (402, "CALL_REJECTED"), (403, "CALL_REJECTED"), (404, "UNALLOCATED_NUMBER"),
        (405, "SERVICE_UNAVAILABLE"), (406, "SERVICE_NOT_IMPLEMENTED"), (408, "NO_ANSWER"), (413, "INTERWORKING"),
        (414, "INTERWORKING"), (415, "SERVICE_NOT_IMPLEMENTED"), (416, "INTERWORKING"), (420, "INTERWORKING"),
        (421, "INTERWORKING"), (423, "INTERWORKING"), (480, "NO_ANSWER"), (481, "NORMAL_TEMPORARY_FAILURE"),
        (482, "EXCHANGE_ROUTING_ERROR"), (483, "EXCHANGE_ROUTING_ERROR"), (484, "INVALID_NUMBER_FORMAT"),
        (486, "USER_BUSY"), (487, "ORIGINATOR_CANCEL"), (488, "INCOMPATIBLE_DESTINATION"),
        (500, "NORMAL_TEMPORARY_FAILURE"), (501, "SERVICE_NOT_IMPLEMENTED"), (502, "NETWORK_OUT_OF_ORDER"),
        (503, "NORMAL_TEMPORARY_FAILURE"), (504, "RECOVERY_ON_TIMER_EXPIRE"), (505, "INTERWORKING"),
        (513, "INTERWORKING"), (600, "USER_BUSY"), (603, "CALL_REJECTED"), (604, "UNALLOCATED_NUMBER"),
        (606, "INCOMPATIBLE_DESTINATION"), (411, "NORMAL_UNSPECIFIED"), (699, "NORMAL_UNSPECIFIED"),
    ]

    @Test("every final response of the callee has its cause, and every call one hangup")
    func statuses() async throws {
        let world = try await RESTSwitch(network: 1)
        for (status, cause) in Self.causes {
            world.callee.answer(AnswerPolicy(.reject(StatusCode(rawValue: status))))
            let call = try await world.place()
            let events = await world.sink.events(untilHangupOf: call)
            #expect(events.map(\.type) == [.hangup], "\(status)")
            #expect(events.last?["cause"] == cause, "\(status)")
            let shown = try await world.send("GET", "/calls/\(call)")
            #expect(shown.body["state"]?.text == (cause == "CALL_REJECTED" ? "rejected" : "completed"), "\(status)")
        }
        try await world.stop()
    }

    @Test("an answered call ends NORMAL_CLEARING, whoever ends it")
    func clearing() async throws {
        let world = try await RESTSwitch(network: 2)
        var policy = AnswerPolicy()
        policy.duration = .milliseconds(50)
        world.callee.answer(policy)
        let first = try await world.place(["tag": "job-81"])
        let told = await world.sink.events(untilHangupOf: first)
        #expect(told.map(\.type) == [.answer, .hangup])
        #expect(told.map { $0["tag"] } == ["job-81", "job-81"])
        #expect(told.last?["cause"] == "NORMAL_CLEARING" && told.last?["releasedBy"] == "callee")
        world.callee.answer(AnswerPolicy())
        let second = try await world.place()
        _ = await world.sink.collector.events { all in all.contains { $0.type == .answer && $0.isOf(second) } }
        #expect(try await world.send("POST", "/calls/\(second)", .object(["state": "completed"])).status == 200)
        let events = await world.sink.events(untilHangupOf: second)
        #expect(events.last?["cause"] == "NORMAL_CLEARING" && events.last?["releasedBy"] == "application")
        #expect(try await world.send("POST", "/calls/\(second)", .object(["state": "completed"])).status == 403)
        try await world.stop()
    }

    @Test("a call that rings is ORIGINATOR_CANCEL when it is called off, NO_ANSWER after a timeout event")
    func unanswered() async throws {
        let world = try await RESTSwitch(network: 3)
        world.callee.answer(AnswerPolicy(.ring))
        let first = try await world.place()
        var ringing = world.callee.incomingCalls.makeAsyncIterator()
        _ = await ringing.next()
        _ = try await world.send("POST", "/calls/\(first)", .object(["state": "completed"]))
        let off = await world.sink.events(untilHangupOf: first)
        #expect(off.map(\.type) == [.hangup] && off.last?["cause"] == "ORIGINATOR_CANCEL")
        let second = try await world.place(["callTimeout": "1"])
        let late = await world.sink.events(untilHangupOf: second)
        #expect(late.map(\.type) == [.timeout, .hangup] && late.last?["cause"] == "NO_ANSWER")
        try await world.stop()
    }

    @Test("an incoming call is rejected with 603, and given up by its caller")
    func incoming() async throws {
        let world = try await RESTSwitch(autoAnswer: false, network: 4)
        let target = "sip:\(RESTSwitch.number)@\(world.management.listeners.addresses[0].endpoint)"
        let rejected = world.callee.call(CallRequest(target))
        let call = try #require(await world.sink.first(.incomingCall)?["callId"])
        #expect(try await world.send("POST", "/calls/\(call)", .object(["state": "Rejected"])).status == 200)
        let events = await world.sink.events(untilHangupOf: call)
        #expect(events.map(\.type) == [.incomingCall, .hangup] && events.last?["cause"] == "CALL_REJECTED")
        #expect(await rejected.report.status.rawValue == 603)
        var request = CallRequest(target)
        request.patience = .milliseconds(200)
        _ = await world.callee.call(request).report
        let all = await world.sink.collector.events { all in all.count { $0.type == .hangup } == 2 }
        #expect(all.last?["cause"] == "ORIGINATOR_CANCEL")
        try await world.stop()
    }

    @Test("a switch that stops tells the hangup of a call that is left")
    func shutdown() async throws {
        let world = try await RESTSwitch(network: 5)
        let call = try await world.place()
        _ = await world.sink.collector.events { all in all.contains { $0.type == .answer } }
        await world.http.stop()
        try await world.management.stop()
        let events = world.sink.collector.events.filter { $0.isOf(call) }
        #expect(events.map(\.type) == [.answer, .hangup])
        world.callee.stop()
    }
}
