import Accounting
import TestPhone

/// The steps in which somebody calls.
extension DemoSteps {
    func bridgedCall() async {
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

    func busyCall() async {
        tale.begin("A call that the vendor refuses: BUSY")
        let report = await place(request(DemoProvisioning.busyNumber), to: DemoProvisioning.busyNumber)
        _ = await busy.nextReport()
        tale.expect(report.status.rawValue == 486 && !report.isAnswered, "alice got \(report.status.rawValue)")
        await expectRecord(2, by: .callee, status: 486, cause: 17)
        command(DemoProvisioning.busyNumber)
    }

    func failover() async {
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

    func wrongPassword() async {
        tale.begin("A wrong password")
        let report = await place(
            request(DemoProvisioning.goodNumber, password: "guess"), to: DemoProvisioning.goodNumber)
        tale.expect(
            !report.isAnswered && [401, 403, 407].contains(report.status.rawValue),
            "alice got \(report.status.rawValue) \(report.reason), and the vendor never heard of it")
        command(DemoProvisioning.goodNumber, password: "guess")
    }
}
