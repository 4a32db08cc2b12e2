import Accounting
import TestPhone

/// The step in which a program drives a call by answering webhooks.
extension DemoSteps {
    func programDrives() async {
        tale.begin("A program drives a call: webhooks, answered with BXML")
        let before = served.records.count
        receiver.forget()
        var request = request(DemoProvisioning.drivenNumber)
        request.media = MediaPlan(digits: "42")
        request.media.digitsDelay = .milliseconds(900)
        let report = await place(request, to: DemoProvisioning.drivenNumber)
        tale.expect(
            report.hasHeard(700) && report.hasHeard(900), "audio: alice heard \(report.heard), as the program asked")
        let gather = await receiver.event("gather")
        tale.expect(
            gather?["digits"] == "42" && gather?["reason"] == "max-digits",
            "the program was told the digits \(gather?["digits"] ?? "of nobody")")
        let hangup = await receiver.event("hangup")
        tale.expect(
            hangup?["cause"] == "NORMAL_CLEARING" && report.endedBy == .remote,
            "and the hangup, which it asked for: \(hangup?["cause"] ?? "not told")")
        await expectRecord(before + 1, by: .application, status: 200, cause: 16)
        command(DemoProvisioning.drivenNumber, "--dtmf 42")
        tale.note("the same program drives a call that curl asks for:")
        tale.quote(placing)
    }

    /// Asks the voice REST interface for a call to the carrier.
    private var placing: String {
        let user = DemoProvisioning.apiUser
        return """
            curl -u t-demo:s-demo -H 'Content-Type: application/json' \\
              \(served.base)/v1/users/\(user)/calls -d '{
              "from": "\(DemoProvisioning.drivenNumber)", "to": "+\(DemoProvisioning.goodNumber)",
              "callbackUrl": "\(receiver.url)", "callbackHttpMethod": "GET" }'
            """
    }
}
