import Accounting
import Addresses
import Audio
import Management
import TestPhone

/// The steps of the demonstration: calls, what is expected of each, and the commands that do the same.
struct DemoSteps {
    let tale: DemoTale
    let served: DemoSwitch
    let alice: TestPhone
    let carrier: DemoVendor
    let busy: DemoVendor
    /// Path of the switch's configuration, for the commands shown.
    let configuration: String

    private var address: Endpoint { served.address }

    /// Runs every step; the tale knows whether all held.
    func run() async {
        await bridgedCall()
        await busyCall()
        await failover()
        await wrongPassword()
        await operatorEnds()
        await printRecords()
    }

    private func request(_ number: String, password: String = DemoProvisioning.password) -> CallRequest {
        var request = CallRequest(
            "sip:\(number)@\(address)", from: "sip:\(DemoProvisioning.user)@\(address.address)", through: address)
        request.credentials = PhoneCredentials(username: DemoProvisioning.user, password: password)
        request.patience = .seconds(8)
        request.duration = .seconds(8)
        return request
    }

    /// Places a call, tells its story and waits for its end.
    private func place(_ request: CallRequest, to number: String) async -> CallReport {
        tale.happened("alice", "calls \(number)")
        let call = alice.call(request)
        await tale.follow(call, of: "alice")
        let report = await call.report
        tale.happened("alice", report.sentence)
        return report
    }

    private func command(_ number: String, _ options: String) {
        tale.note(
            "same again: martlet call sip:\(number)@\(address) --username \(DemoProvisioning.user) "
                + "--password \(DemoProvisioning.password)\(options.isEmpty ? "" : " \(options)")")
    }

    /// Reads the call's record back from the store and says why the call ended and who ended it.
    private func expectRecord(_ number: Int, by party: EndedBy, status: UInt16, cause: UInt8) async {
        guard let record = await served.record(number: number) else {
            return tale.expect(false, "the call left a record in the store")
        }
        let ending = record.ending
        tale.expect(
            ending.endedBy == party && ending.status == status && ending.cause == cause,
            "why: \(record.sentence) (ended by \(ending.endedBy.word), \(ending.status), Q.850 cause \(ending.cause))")
        guard record.times.answer != nil else { return }
        let caller = record.callerMedia?.packets ?? 0
        let callee = record.calleeMedia?.packets ?? 0
        tale.expect(
            caller > 0 && callee > 0,
            "media through the switch: \(caller) packets from the caller, \(callee) from the callee")
    }

    private func bridgedCall() async {
        tale.begin("A call through the switch to a vendor, with digits")
        var request = request(DemoProvisioning.goodNumber)
        request.media = MediaPlan(play: .tone(.once(440, for: .seconds(2))), digits: "1234#")
        request.media.digitsDelay = .milliseconds(600)
        request.hangsUpWhenDone = true
        let report = await place(request, to: DemoProvisioning.goodNumber)
        let far = await carrier.nextReport()
        tale.expect(report.endedNormally && far?.endedNormally == true, "answered, and ended by alice")
        tale.expect(report.hasHeard(1000), "audio: alice heard \(report.heard)")
        tale.expect(
            far.map { $0.hasHeard(440) && $0.media.digits == "1234#" } ?? false,
            "audio: the carrier heard \(far?.heard ?? "nothing")")
        await expectRecord(1, by: .caller, status: 200, cause: 16)
        command(DemoProvisioning.goodNumber, "--tone 440 --dtmf 1234#")
    }

    private func busyCall() async {
        tale.begin("A call that the vendor refuses: BUSY")
        let report = await place(request(DemoProvisioning.busyNumber), to: DemoProvisioning.busyNumber)
        _ = await busy.nextReport()
        tale.expect(report.status.rawValue == 486 && !report.isAnswered, "alice got \(report.status.rawValue)")
        await expectRecord(2, by: .callee, status: 486, cause: 17)
        command(DemoProvisioning.busyNumber, "")
    }

    private func failover() async {
        tale.begin("The first vendor is gone; the next one answers")
        var request = request(DemoProvisioning.failoverNumber)
        request.media = MediaPlan(play: .tone(.once(620, for: .milliseconds(700))))
        request.hangsUpWhenDone = true
        let report = await place(request, to: DemoProvisioning.failoverNumber)
        let far = await carrier.nextReport()
        tale.expect(
            report.endedNormally && far?.hasHeard(620) == true, "audio: the carrier heard \(far?.heard ?? "nothing")")
        tale.expect(report.hasHeard(1000), "audio: alice heard \(report.heard)")
        await expectRecord(3, by: .caller, status: 200, cause: 16)
        let attempts = await served.record(number: 3)?.attempts ?? []
        let routes = attempts.map { "connection \($0.connection) \($0.outcome)" }.joined(separator: ", then ")
        tale.expect(
            attempts.map(\.connection) == [3, 1] && attempts.last?.outcome == .connected,
            "routes tried: \(routes)")
        command(DemoProvisioning.failoverNumber, "--tone 620")
    }

    private func wrongPassword() async {
        tale.begin("A wrong password")
        let report = await place(
            request(DemoProvisioning.goodNumber, password: "guess"), to: DemoProvisioning.goodNumber)
        tale.expect(
            !report.isAnswered && [401, 403, 407].contains(report.status.rawValue),
            "alice got \(report.status.rawValue) \(report.reason), and the vendor never heard of it")
        tale.note(
            "same again: martlet call sip:\(DemoProvisioning.goodNumber)@\(address) "
                + "--username \(DemoProvisioning.user) --password guess")
    }

    private func operatorEnds() async {
        tale.begin("An operator ends a call")
        var request = request(DemoProvisioning.goodNumber)
        request.media = MediaPlan(play: .tone(.continuous(440)))
        tale.happened("alice", "calls \(DemoProvisioning.goodNumber)")
        let call = alice.call(request)
        let story = Task { await tale.follow(call, of: "alice") }
        let isUp = await call.reaches(.heard(1000))
        let live = await served.ask(ControlRequest(.calls))?.calls?.first { $0.state == "Connected" }
        tale.expect(isUp && live != nil, "alice hears the carrier, and the switch lists the call as Connected")
        if let live {
            tale.happened("operator", "asks the control socket to disconnect call \(live.id)")
            var order = ControlRequest(.disconnect)
            order.ids = [live.id]
            _ = await served.ask(order)
        } else {
            call.hangUp()
        }
        let report = await call.report
        await story.value
        tale.happened("alice", report.sentence)
        let far = await carrier.nextReport()
        tale.expect(report.endedBy == .remote && far?.endedBy == .remote, "both sides were hung up on")
        await expectRecord(4, by: .api, status: 200, cause: 16)
        tale.note("same again: martlet calls --config \(configuration)")
        tale.note("  and then: martlet calls hangup ID --config \(configuration)")
    }

    private func printRecords() async {
        tale.say("\nThe records in the store:")
        let widths = [20, 8, 12, 9, 8, 7, 6, 7, 0]
        func row(_ columns: [String]) {
            let cells = zip(columns, widths).map {
                $0.padding(toLength: max($1, $0.count), withPad: " ", startingAt: 0)
            }
            tale.say("  " + cells.joined())
        }
        row(["id", "from", "to", "seconds", "by", "status", "cause", "routes", "why"])
        for record in served.records {
            let seconds = Double(record.duration.milliseconds / 100) / 10
            row([
                "\(record.id)", String(decoding: record.parties.callerNumberIn, as: UTF8.self),
                String(decoding: record.parties.calledNumberIn, as: UTF8.self), "\(seconds)",
                "\(record.ending.endedBy.word)", "\(record.ending.status)", "\(record.ending.cause)",
                "\(record.attempts.count)", record.sentence,
            ])
        }
    }
}
