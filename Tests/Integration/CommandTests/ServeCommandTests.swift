import Accounting
import Addresses
import Foundation
import Management
import OwnThread
import SQLiteStore
import TestFiles
import Testing

@Suite("martlet serve and calls", .ownThread, .timeLimit(.minutes(5)))
struct ServeCommandTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        _ = try folder.write("sip: { listen: [\"udp:127.0.0.1:0\", \"tcp:127.0.0.1:0\"] }\nmedia: { mode: direct }")
    }

    private func martlet(_ arguments: String...) throws -> ProgramRun {
        try ProgramRun("martlet", arguments, in: folder)
    }

    @Test("one line says that it is ready, and SIGTERM ends it with 0", arguments: [SIGTERM, SIGINT])
    func startAndStop(_ signal: Int32) throws {
        let served = try ServedSwitch(in: folder)
        let sip = /martlet ready sip=udp:127\.0\.0\.1:\d+,tcp:127\.0\.0\.1:\d+ http=http:\/\/127\.0\.0\.1:\d+\n/
        #expect(served.readyLine.wholeMatch(of: sip) != nil)
        #expect(served.port > 0)
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + "/var/martlet.sock")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        served.send(signal)
        let end = served.end()
        #expect(end.status == 0)
        #expect(end.output.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/var/martlet.sock"))
    }

    @Test("a second switch on the same store refuses to start; a socket left by a killed one does not matter")
    func secondSwitch() throws {
        let first = try ServedSwitch(in: folder)
        let second = try ServedSwitch(in: folder)
        #expect(second.readyLine.isEmpty)
        #expect(second.end().status == 1)
        #expect(second.logged.contains("another switch is running"))
        first.send(SIGKILL)
        _ = first.end()
        #expect(try martlet("calls").status == 1)
        let third = try ServedSwitch(in: folder)
        #expect(third.port > 0)
        third.send(SIGTERM)
        #expect(third.end().status == 0)
    }

    @Test("a port that is taken and an address that is not ours are told with what to do about them")
    func listenAdvice() throws {
        let first = try ServedSwitch(in: folder)
        let stream = try #require(first.readyLine.firstMatch(of: /tcp:127\.0\.0\.1:\d+/)).output
        for (listener, advice) in [
            ("udp:127.0.0.1:\(first.port)", "another program has this port"),
            (String(stream), "another program has this port"),
            ("udp:203.0.113.9:5060", "this machine has no such address"),
        ] {
            let other = try TemporaryFolder()
            _ = try other.write("sip: { listen: [\"\(listener)\"] }\nhttp: { listen: [] }\nmedia: { mode: direct }")
            let second = try ServedSwitch(in: other)
            #expect(second.end().status == 1)
            #expect(second.logged.contains("cannot listen on \(listener)"))
            #expect(second.logged.contains(advice), "\(second.logged)")
            #expect(second.logged.contains("change sip.listen"))
        }
        first.send(SIGTERM)
        #expect(first.end().status == 0)
    }

    @Test("without a switch calls says so and ends with 1; without calls it says what to do")
    func calls() throws {
        let none = try martlet("calls")
        #expect(none.status == 1)
        #expect(none.errors.contains("no running switch"))
        let served = try ServedSwitch(in: folder)
        let empty = try martlet("calls")
        #expect(empty.status == 0)
        #expect(empty.output.hasPrefix("No calls."))
        #expect(try martlet("calls", "active", "--json").output == "[\n\n]\n")
        let unknown = try martlet("calls", "hangup", "5")
        #expect(unknown.status == 1)
        #expect(unknown.errors.contains("there is no call 5"))
        #expect(try martlet("calls", "show", "x").status == 2)
        served.send(SIGTERM)
        #expect(served.end().status == 0)
    }

    @Test("SIGHUP takes a right configuration and refuses a wrong one as a whole")
    func reload() throws {
        _ = try folder.write("customers: [{ id: 2, name: acme }]", to: "p.yaml")
        let served = try ServedSwitch(in: folder)
        let store = try SQLiteStore(.file(folder.path + "/var/martlet.db"))
        let listen = "sip: { listen: [\"udp:127.0.0.1:0\", \"tcp:127.0.0.1:0\"] }"
        _ = try folder.write("\(listen)\nprovisioning: [p.yaml]\nlimits: { calls: many }")
        served.send(SIGHUP)
        while !served.logged.contains("configuration not reloaded") { usleep(10_000) }
        #expect(served.logged.contains("limits.calls: \\\"many\\\" is not allowed"))
        #expect(try store.load().customers.isEmpty)
        let control = ControlClient(path: folder.path + "/var/martlet.sock")
        #expect(try control.ask(ControlRequest(.statistics)).statistics?.isDraining == false)
        _ = try folder.write("\(listen)\nprovisioning: [p.yaml]\nlimits: { calls: 5 }\nworkers: 1")
        served.send(SIGHUP)
        while !served.logged.contains("configuration reloaded") { usleep(10_000) }
        #expect(try store.load().customers.map(\.id) == [2])
        while !served.logged.contains("keys=workers") { usleep(10_000) }
        served.send(SIGTERM)
        #expect(served.end().status == 0)
    }

    @Test("a call goes where apply said a moment ago, is listed, is ended by an operator, and has a record")
    func callThroughRunningSwitch() async throws {
        let served = try ServedSwitch(in: folder)
        let phones = try PhonePair()
        let applied = try martlet("apply", folder.write(phones.provisioning, to: "p.yaml"))
        #expect(applied.output.hasSuffix("live: the running switch uses it for the next call\n"))
        let request = phones.request(through: served, lasting: .seconds(60))
        let call = phones.calling.call(request)
        var listed = ""
        while !listed.contains("Connected") { listed = try martlet("calls", "active").output }
        #expect(listed.contains("100") && listed.contains("4420"))
        #expect(try martlet("calls", "show", "1").output.contains("I_CONNECTION    4\n"))
        #expect(try martlet("calls", "hangup", "1").output == "call 1 is being ended\n")
        #expect(await call.report.isAnswered)
        served.send(SIGTERM)
        #expect(served.end().status == 0)
        phones.stop()
        let records = try SQLiteStore(.file(folder.path + "/var/martlet.db")).newestRecords(limit: 10)
        #expect(records.map(\.ending.endedBy) == [.api])
        #expect(records.map(\.parties.connection) == [4])
        #expect(records.map(\.attempts.count) == [1])
    }

    @Test("after SIGTERM new calls get 503, the call in progress goes on, and the switch ends with it")
    func drain() async throws {
        let phones = try PhonePair()
        _ = try martlet("apply", folder.write(phones.provisioning, to: "p.yaml"))
        let served = try ServedSwitch(in: folder)
        let request = phones.request(through: served, lasting: .seconds(300))
        let call = phones.calling.call(request)
        while try !martlet("calls", "active").output.contains("Connected") {}
        served.send(SIGTERM)
        while !served.logged.contains("draining") { usleep(10_000) }
        let refused = await phones.calling.call(request).report
        #expect(refused.status.rawValue == 503)
        call.hangUp()
        let report = await call.report
        #expect(report.isAnswered && report.endedBy == .local)
        #expect(served.end().status == 0)
        phones.stop()
        #expect(try SQLiteStore(.file(folder.path + "/var/martlet.db")).recordCount() >= 1)
    }

    @Test("a call that was up when the switch was killed has a record after the restart, and only one")
    func killed() async throws {
        let phones = try PhonePair()
        _ = try martlet("apply", folder.write(phones.provisioning, to: "p.yaml"))
        let served = try ServedSwitch(in: folder)
        let request = phones.request(through: served, lasting: .seconds(60))
        _ = phones.calling.call(request)
        let store = try SQLiteStore(.file(folder.path + "/var/martlet.db"))
        while try store.callsInProgress() == 0 { usleep(10_000) }
        served.send(SIGKILL)
        _ = served.end()
        #expect(try store.recordCount() == 0)
        for _ in 0..<2 {
            let again = try ServedSwitch(in: folder)
            let records = try store.newestRecords(limit: 10)
            #expect(records.map(\.ending.endedBy) == [.switch])
            #expect(records.allSatisfy { $0.times.answer != nil && $0.parties.account == 3 })
            again.send(SIGTERM)
            #expect(again.end().status == 0)
        }
        phones.stop()
    }
}
