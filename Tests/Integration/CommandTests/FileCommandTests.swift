import ConfigurationFiles
import Foundation
import OwnThread
import SQLiteStore
import TestFiles
import Testing

@Suite("martlet check and apply", .ownThread)
struct FileCommandTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func martlet(_ arguments: String..., variables: [String: String] = [:]) throws -> ProgramRun {
        try ProgramRun("martlet", arguments, in: folder, variables: variables)
    }

    private var hasStore: Bool { FileManager.default.fileExists(atPath: folder.path + "/var") }

    @Test("check says what would listen where and changes nothing")
    func check() throws {
        _ = try folder.write(documentedProvisioning, to: "provisioning.yaml")
        _ = try folder.write("sip: { listen: [\"udp:127.0.0.1:5999\"] }\nprovisioning: [provisioning.yaml]")
        let run = try martlet("check")
        #expect(run.status == 0)
        #expect(run.output.contains("udp:127.0.0.1:5999"))
        #expect(run.output.contains("unix:var/martlet.sock"))
        #expect(run.output.contains("2 customers, 1 accounts"))
        #expect(!hasStore)
    }

    @Test("a wrong configuration ends every command with 2, before anything is opened", arguments: ["serve", "check"])
    func wrongConfiguration(_ command: String) throws {
        let file = try folder.write("sip:\n  lisen: []", to: "wrong.yaml")
        let run = try martlet(command, "--config", file)
        #expect(run.status == 2)
        #expect(run.errors.hasPrefix("\(file):2: sip.lisen: unknown key; did you mean \"listen\"?"))
        #expect(run.output.isEmpty)
        let variable = try martlet(command, variables: ["MARTLET_WORKERS": "-1"])
        #expect(variable.status == 2)
        #expect(variable.errors.hasPrefix("MARTLET_WORKERS: workers: \"-1\" is not allowed"))
        _ = try folder.write("provisioning: [none.yaml]")
        #expect(try martlet(command).status == 2)
        _ = try folder.write("accounts: [{ id: 1, customer: 99 }]", to: "broken.yaml")
        _ = try folder.write("provisioning: [broken.yaml]")
        let broken = try martlet(command)
        #expect(broken.status == 2)
        #expect(broken.errors.hasPrefix("broken.yaml:1: accounts[0].customer: \"99\" is not allowed"))
        #expect(!hasStore)
    }

    @Test("apply prints a diff, has no effect the second time, and previews without a trace")
    func apply() throws {
        let file = try folder.write(documentedProvisioning, to: "p.yaml")
        let preview = try martlet("apply", file, "--dry-run")
        #expect(preview.status == 0)
        #expect(preview.output.contains("+ accounts 3 (alice): customer: 2, authname: alice, voip_password: (secret)"))
        #expect(preview.output.hasSuffix("dry run: nothing was changed\n"))
        #expect(!hasStore)
        let first = try martlet("apply", file)
        #expect(first.status == 0)
        #expect(first.output.hasSuffix("no running switch; takes effect at start\n"))
        #expect(
            first.output.dropLast("no running switch; takes effect at start\n".count)
                == preview.output.dropLast("dry run: nothing was changed\n".count))
        let second = try martlet("apply", file)
        #expect(second.status == 0)
        #expect(second.output == "nothing to change\n")
        let store = try SQLiteStore(.file(folder.path + "/var/martlet.db"))
        var expected = try ProvisioningFiles.read([file], environment: [:]).provisioning.sorted
        expected.dids[0].id = 1
        expected.routingGroups[0].members[0].id = 1
        #expect(try store.load() == expected)
        let pruned = try martlet("apply", folder.write("vendors: []", to: "empty.yaml"), "--prune")
        #expect(pruned.output.contains("- accounts 3 (alice)"))
        #expect(try store.load().accounts.isEmpty)
    }

    @Test("wrong files end apply with 2 and change nothing; a store that cannot be used ends it with 1")
    func applyFailures() throws {
        let good = try folder.write(documentedProvisioning, to: "good.yaml")
        let bad = try folder.write("accounts: [{ id: 4, customer: 99 }]", to: "bad.yaml")
        #expect(try martlet("apply", good, bad).status == 2)
        #expect(!hasStore)
        #expect(try martlet("apply", "none.yaml").status == 2)
        #expect(try martlet("apply").status == 2)
        let memory = try martlet("apply", good, variables: ["MARTLET_STORE": "sqlite::memory:"])
        #expect(memory.status == 1)
        let impossible = try martlet("apply", good, variables: ["MARTLET_STORE": "sqlite:good.yaml/x.db"])
        #expect(impossible.status == 1)
        #expect(impossible.errors.contains("sqlite:good.yaml/x.db"))
    }

    @Test("no command prints a secret")
    func secrets() throws {
        let secrets = ["change-me", "acme-secret", "alice-secret", "s-acme"]
        let file = try folder.write(documentedProvisioning, to: "p.yaml")
        let other = try folder.write(
            documentedProvisioning.replacing("-secret", with: "-secret-2").replacing("s-acme", with: "s-acme-2"),
            to: "q.yaml")
        let wrong = try folder.write(documentedProvisioning + "\nx: [", to: "w.yaml")
        var written = ""
        for arguments in [
            ["apply", file, "--dry-run"], ["apply", file], ["apply", other], ["apply", wrong], ["apply", file, other],
            ["apply", file, "--prune"], ["check"],
        ] {
            let run = try ProgramRun("martlet", arguments, in: folder)
            written += run.output + run.errors
        }
        #expect(written.contains("voip_password: (secret) changed"))
        for secret in secrets { #expect(!written.contains(secret)) }
    }

    @Test("every command has help with an example, and the version is told")
    func help() throws {
        for command in [
            [], ["serve"], ["apply"], ["check"], ["explain"], ["calls"], ["calls", "list"], ["calls", "watch"],
        ] {
            let run = try ProgramRun("martlet", command + ["--help"], in: folder)
            #expect(run.status == 0)
            #expect(run.output.contains("Example") && run.output.contains("  martlet "), "\(command)")
        }
        #expect(try martlet("--version").output == "martlet \(Release.version)\n")
        #expect(try martlet("serve", "--nonsense").status == 2)
    }
}
