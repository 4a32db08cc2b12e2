import ArgumentParser
import ConfigurationFiles
import Management
import SQLiteStore

/// `martlet apply`: brings what is provisioned to what files say.
struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Provisions customers, accounts and routes from files.",
        discussion: """
            Objects of the files are created or changed, keys that a file leaves out get their defaults; the same files \
            again change nothing. The changes are printed, secrets apart, and a running switch uses them for its next call.
            Exit status: 0 done, 1 the store could not be used, 2 wrong files, configuration or usage: nothing was changed.

            Examples:
              martlet apply customers.yaml routes.yaml
              martlet apply provisioning.yaml --dry-run
              martlet apply provisioning.yaml --prune --config /etc/martlet/martlet.yaml
            """)

    @Argument(help: ArgumentHelp("Provisioning files.", valueName: "file"))
    var files: [String]

    @Flag(help: "Only print what would change.")
    var dryRun = false

    @Flag(help: "Remove objects that no file names; customer 1 stays.")
    var prune = false

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        try await CommandOutput.concluding {
            let configuration = try options.read()
            let update = ProvisioningUpdate(try ProvisioningFiles.read(files), prunes: prune)
            if dryRun {
                let changes = try update.preview(at: configuration.storePlace)
                CommandOutput.line(changes.lines.joined(separator: "\n"))
                if !changes.isEmpty { CommandOutput.line("dry run: nothing was changed") }
                return
            }
            guard configuration.storePlace != .memory else {
                CommandOutput.complain(
                    """
                    martlet: the store is in the memory of the running switch (store: \(configuration.store)); \
                    name the files under provisioning: and send it SIGHUP
                    """)
                throw ExitCode(1)
            }
            let changes = try update.apply(at: configuration.storePlace)
            CommandOutput.line(changes.lines.joined(separator: "\n"))
            if !changes.isEmpty { try tellRunningSwitch(at: configuration.controlPath) }
        }
    }

    private func tellRunningSwitch(at path: String) throws {
        do {
            let response = try ControlClient(path: path).ask(ControlRequest(.reloadProvisioning))
            if let error = response.error {
                CommandOutput.complain("martlet: stored, but the running switch refused it: \(error)")
                throw ExitCode(1)
            }
            CommandOutput.line("live: the running switch uses it for the next call")
        } catch ControlClient.Failure.notRunning {
            CommandOutput.line("no running switch; takes effect at start")
        }
    }
}
