import Accounting
import Management
import TestPhone

/// The steps in which a call is ended by neither of its parties.
extension DemoSteps {
    func operatorEnds() async {
        tale.begin("An operator ends a call")
        await callIsEnded(record: 4) {
            let listed = await served.ask(ControlRequest(.calls))?.calls ?? []
            guard let live = listed.first(where: { $0.state == "Connected" }) else {
                tale.expect(false, "the switch lists the call as Connected")
                return false
            }
            tale.happened("operator", "asks the control socket to disconnect call \(live.id)")
            var order = ControlRequest(.disconnect)
            order.ids = [live.id]
            return await served.ask(order) != nil
        }
        tale.sameAgain("martlet calls --config \(configuration)")
        tale.note("and with the ID that it shows:")
        tale.quote("martlet calls hangup ID --config \(configuration)")
    }

    func programEnds() async {
        tale.begin("A program sees a call and ends it, by XML-RPC over HTTP")
        await callIsEnded(record: 5) {
            do {
                return try await seeAndEnd(through: DemoDoor(url: served.url))
            } catch {
                tale.expect(false, "the switch answers XML-RPC: \(error)")
                return false
            }
        }
        tale.note("same again, while a call is up:")
        tale.quote(DemoRequest.listActiveCalls.curl(to: served.url))
        tale.note("and with the ID that it shows:")
        tale.quote(DemoRequest.disconnectCall("ID").curl(to: served.url))
        tale.note("or in Python, for every call there is:")
        tale.quote("python3 \(program)")
    }

    /// Lists the calls and ends the one that is up; whether the switch says that it will.
    private func seeAndEnd(through door: DemoDoor) async throws -> Bool {
        tale.happened("program", "asks listActiveCalls")
        let calls = try await door.ask(.listActiveCalls)
        for call in calls { tale.happened("program", "sees \(call.sentence)") }
        let id = calls.first?["ID"] ?? ""
        tale.expect(
            calls.count == 1 && calls[0]["CC_STATE"] == "Connected" && calls[0]["CLD"] == DemoProvisioning.goodNumber,
            "the program sees the one call there is, Connected")
        tale.happened("program", "asks disconnectCall for call \(id)")
        let result = try await door.ask(.disconnectCall(id)).first?["result"]
        tale.expect(result == "OK", "the switch says \(result ?? "nothing")")
        return result == "OK"
    }

    /// Places a call that is up when `ending` begins. It says whether it has begun to end the call; both sides have to
    /// hear of it.
    private func callIsEnded(record: Int, by ending: () async -> Bool) async {
        var request = request(DemoProvisioning.goodNumber)
        request.media = MediaPlan(play: .tone(.continuous(440)))
        tale.happened("alice", "calls \(DemoProvisioning.goodNumber)")
        let call = alice.call(request)
        let story = Task { await tale.follow(call, of: "alice") }
        tale.expect(await call.reaches(.heard(1000)), "audio: alice hears 1000 Hz")
        if await !ending() { call.hangUp() }
        let report = await call.report
        await story.value
        tale.happened("alice", report.brief)
        let far = await carrier.nextReport()
        tale.expect(report.endedBy == .remote && far?.endedBy == .remote, "both sides were hung up on")
        await expectRecord(record, by: .api, status: 200, cause: 16)
    }
}

extension [String: String] {
    /// A call of the interface in words.
    fileprivate var sentence: String {
        let seconds = self["DURATION"].flatMap { Double($0) } ?? 0
        return "call \(self["ID"] ?? "?"): \(self["CLI"] ?? "?") to \(self["CLD"] ?? "?"), \(self["CC_STATE"] ?? "?") "
            + "for \(Double(Int(seconds * 10)) / 10) s"
    }
}
