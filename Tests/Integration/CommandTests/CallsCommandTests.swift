import Foundation
import Management
import OwnThread
import TestFiles
import TestPhone
import Testing

@Suite("martlet calls", .ownThread, .timeLimit(.minutes(5)))
struct CallsCommandTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        _ = try folder.write(
            "sip: { listen: [\"udp:127.0.0.1:0\"] }\nhttp: { listen: [] }\nmedia: { mode: direct }\nprovisioning: [p.yaml]"
        )
    }

    private func martlet(_ arguments: String...) throws -> ProgramRun {
        try ProgramRun("martlet", arguments, in: folder)
    }

    /// A running switch with so many answered calls.
    private func connected(_ count: Int) throws -> (ServedSwitch, PhonePair) {
        let phones = try PhonePair()
        _ = try folder.write(phones.provisioning, to: "p.yaml")
        let served = try ServedSwitch(in: folder)
        for _ in 0..<count { _ = phones.calling.call(phones.request(through: served, lasting: .seconds(100))) }
        while try martlet("calls", "list", "--state", "connected", "--json").output.split(separator: "\"ID\"").count
            <= count
        {}
        return (served, phones)
    }

    private func ids(_ arguments: String...) throws -> [String] {
        let run = try ProgramRun("martlet", ["calls"] + arguments + ["--json"], in: folder)
        return try JSONDecoder().decode([CallListing].self, from: Data(run.output.utf8)).map(\.id)
    }

    @Test("filters and orders; what no call fits is said")
    func filters() throws {
        let (served, phones) = try connected(3)
        #expect(try Set(ids("active", "--order", "longest_last")) == ["1", "2", "3"])
        #expect(try ids("list", "--account", "3", "--vendor", "9", "--connection", "4") == ["1", "2", "3"])
        #expect(try ids("list", "--vendor", "9").isEmpty)
        #expect(try ids("list", "--customer", "1", "--state", "Connected").count == 3)
        #expect(try martlet("calls", "--account", "9").output == "No such calls.\n")
        let accounts = try martlet("calls", "accounts")
        #expect(accounts.output == "ACCOUNT               CALLS  CONNECTED\n3                         3          3\n")
        #expect(try martlet("calls", "accounts", "--customer", "9").errors == "martlet: there is no customer 9\n")
        #expect(try martlet("calls", "--order", "newest").status == 2)
        #expect(try martlet("calls", "--state", "asleep").errors.contains("asleep"))
        phones.stop()
        served.send(SIGKILL)
        _ = served.end()
    }

    @Test("ending several asks first: where nobody can be asked, it says how many and what to do")
    func hangUp() throws {
        let (served, phones) = try connected(5)
        for arguments in [["1", "2"], ["--all"], ["--account", "3"], ["--customer", "1"]] {
            let refused = try ProgramRun("martlet", ["calls", "hangup"] + arguments, in: folder)
            #expect(refused.status == 2)
            #expect(refused.errors.contains("ends \(arguments.count == 2 && arguments[0] == "1" ? 2 : 5) calls"))
            #expect(refused.errors.contains("--yes"))
        }
        #expect(try ids("active").count == 5)
        let some = try martlet("calls", "hangup", "2", "1", "99", "2", "--yes")
        #expect(some.status == 1)
        #expect(some.output == "call 1 is being ended\ncall 2 is being ended\n")
        #expect(some.errors == "martlet: there is no call 99\n")
        let one = try martlet("calls", "hangup", "3", "--json")
        #expect(one.output == "{\n  \"count\" : 1,\n  \"missing\" : [\n\n  ]\n}\n")
        let account = try martlet("calls", "hangup", "--account", "3", "-y")
        #expect(account.output == "2 calls are being ended\n")
        #expect(try martlet("calls", "hangup", "--all").output == "0 calls are being ended\n")
        let unknown = try martlet("calls", "hangup", "--account", "77", "--yes")
        #expect(unknown.status == 1)
        #expect(unknown.errors == "martlet: there is no account 77\n")
        #expect(
            try martlet("calls", "hangup", "--customer", "77", "--yes").errors == "martlet: there is no customer 77\n")
        phones.stop()
        served.send(SIGKILL)
        _ = served.end()
    }

    @Test("hangup wants exactly one way to say which calls")
    func usage() throws {
        for arguments in [[], ["1", "--all"], ["--account", "3", "--customer", "1"], ["-1"], ["x"]] {
            #expect(try ProgramRun("martlet", ["calls", "hangup"] + arguments, in: folder).status == 2)
        }
        #expect(try martlet("calls", "watch", "--interval", "0").status == 2)
    }

    @Test("watch prints again and again where there is no terminal, and ends with an error when the switch does")
    func watch() throws {
        let (served, phones) = try connected(1)
        let path = folder.path + "/watch.out"
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        let watching = Process()
        watching.executableURL = URL(fileURLWithPath: BuiltProduct.path("martlet"))
        watching.arguments = ["calls", "watch", "--interval", "0.1"]
        watching.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        watching.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        watching.standardError = FileHandle.nullDevice
        try watching.run()
        func shown() throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
        while try shown().split(separator: "1 call\n").count < 4 { usleep(10_000) }
        #expect(try !shown().contains("\u{1B}"))
        phones.stop()
        served.send(SIGKILL)
        _ = served.end()
        watching.waitUntilExit()
        #expect(watching.terminationStatus == 1)
    }
}
