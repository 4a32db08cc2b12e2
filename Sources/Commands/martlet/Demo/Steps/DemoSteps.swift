import Accounting
import Addresses
import Audio
import Management
import TestPhone

/// The steps of the demonstration: calls, what is expected of each, and the commands that do the same.
struct DemoSteps {
    let tale: DemoTale
    let served: DemoSwitch
    /// The program that drives calls.
    let receiver: DemoReceiver
    let alice: TestPhone
    let carrier: DemoVendor
    let busy: DemoVendor
    let agent: DemoVendor
    /// Path of the switch's configuration, for the commands shown.
    let configuration: String
    /// Path of the program that ends all calls.
    let program: String

    var address: Endpoint { served.address }

    /// Runs every step; the tale knows whether all held.
    func run() async {
        await bridgedCall()
        await busyCall()
        await failover()
        await wrongPassword()
        await operatorEnds()
        await programEnds()
        await programAnswers()
        await programRejects()
        await programTransfers()
        await programDrives()
        await printRecords()
    }

    func request(_ number: String, password: String = DemoProvisioning.password) -> CallRequest {
        var request = CallRequest(
            "sip:\(number)@\(address)", from: "sip:\(DemoProvisioning.user)@\(address.address)", through: address)
        request.credentials = PhoneCredentials(username: DemoProvisioning.user, password: password)
        request.patience = .seconds(8)
        request.duration = .seconds(8)
        return request
    }

    /// Places a call, tells its story and waits for its end.
    func place(_ request: CallRequest, to number: String) async -> CallReport {
        tale.happened("alice", "calls \(number)")
        let call = alice.call(request)
        await tale.follow(call, of: "alice")
        let report = await call.report
        tale.happened("alice", report.brief)
        return report
    }

    /// Prints the command that places the same call.
    func command(_ number: String, password: String = DemoProvisioning.password, _ options: String = "") {
        tale.sameAgain(
            "martlet call sip:\(number)@\(address) --username \(DemoProvisioning.user) --password \(password)"
                + (options.isEmpty ? "" : " \(options)"))
    }

    /// Reads the call's record back from the store and says why the call ended and who ended it.
    func expectRecord(_ number: Int, by party: EndedBy, status: UInt16, cause: UInt8) async {
        guard let record = await served.record(number: number) else {
            return tale.expect(false, "the call left a record in the store")
        }
        let ending = record.ending
        tale.expect(
            ending.endedBy == party && ending.status == status && ending.cause == cause,
            "why: \(record.sentence)")
        tale.note("ended by \(ending.endedBy.word), status \(ending.status), Q.850 cause \(ending.cause)")
        guard record.times.answer != nil else { return }
        let caller = record.callerMedia?.packets ?? 0
        let callee = record.calleeMedia?.packets ?? 0
        tale.expect(
            caller > 0 && callee > 0,
            "relayed: \(caller) packets from the caller, \(callee) from the callee")
    }
}
