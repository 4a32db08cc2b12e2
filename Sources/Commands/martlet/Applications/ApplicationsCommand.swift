import ArgumentParser
import Management

/// `martlet applications`: what the running switch can run, and runs.
struct ApplicationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "applications",
        abstract: "Lists, starts, watches and cancels the running switch's voice applications.",
        discussion: """
            Without a sub-command all applications are listed. Exit status: 0 done, 1 not done (no such application, no \
            running switch), 2 wrong usage or configuration.

            Examples:
              martlet applications
              martlet applications start reminder --parameters 15550001
              martlet applications start reminder --parameters 1501,1502 --delimiter ,
              martlet applications status 1.17
              martlet applications cancel 1.17
              martlet applications purge reminder
            """,
        subcommands: [
            ListApplicationsCommand.self, StartApplicationCommand.self, ApplicationStatusCommand.self,
            CancelApplicationCommand.self, PurgeApplicationCommand.self,
        ],
        defaultSubcommand: ListApplicationsCommand.self)
}

/// `martlet applications list`.
struct ListApplicationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the applications with the numbers of their runs.",
        discussion: "Example:\n  martlet applications list --json")

    @OptionGroup var options: CallOptions

    func run() async throws {
        try await CommandOutput.concluding {
            let services = try options.ask(ControlRequest(.services)).services ?? []
            if options.json { return CommandOutput.line(try CallOptions.encoded(services)) }
            if services.isEmpty {
                return CommandOutput.line("No applications. Add one to the provisioning, under applications.")
            }
            let rows = services.map { service in
                [
                    service.id, service.name, service.application, service.account.map { "\($0)" } ?? "-",
                    "\(service.queued)", "\(service.running)", "\(service.finished)",
                ]
            }
            CommandOutput.line(
                TextTable(
                    ["ID", "NAME", "RUNS", "ACCOUNT", "QUEUED", "RUNNING", "FINISHED"], rows, right: [3, 4, 5, 6]
                ).text)
        }
    }
}

/// `martlet applications start`.
struct StartApplicationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Starts an application, and prints the names of its runs.",
        discussion: """
            Parameters are 7-bit text without ^, | and control characters. With a delimiter there is one run for each \
            piece of them, whatever the count. The application needs an account that pays for its calls.

            Examples:
              martlet applications start reminder --parameters 15550001
              martlet applications start reminder --parameters 15550001 --count 3
              martlet applications start reminder --parameters 1501,1502 --delimiter ,
            """)

    @Argument(help: ArgumentHelp("Id or name of the application.", valueName: "name"))
    var name: String

    @Option(help: ArgumentHelp("What each run is handed.", valueName: "text"))
    var parameters = ""

    @Option(help: "How many runs.")
    var count = 1

    @Option(help: ArgumentHelp("The character between the parameters of two runs.", valueName: "character"))
    var delimiter: String?

    @OptionGroup var options: CallOptions

    func run() async throws {
        try await CommandOutput.concluding {
            var request = ControlRequest(.startService, id: name)
            var order = RunOrder()
            order.outboundParameters = parameters
            order.count = count
            order.delimiter = delimiter
            request.order = order
            let runs = try options.ask(request).ids ?? []
            if options.json { return CommandOutput.line(try CallOptions.encoded(runs)) }
            for run in runs { CommandOutput.line(run) }
        }
    }
}

/// `martlet applications status`.
struct ApplicationStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Tells where runs are, and what came of them.",
        discussion: """
            QUEUED, RUNNING, COMPLETED with the result, COULDNOTRUN with the reason, CANCELLED or UNKNOWN.

            Examples:
              martlet applications status 1.17 1.18
              martlet applications status --application reminder --json
              martlet applications status
            """)

    @Argument(help: ArgumentHelp("Names of runs; all that are remembered where none is given.", valueName: "run"))
    var runs: [String] = []

    @Option(help: ArgumentHelp("Only runs of this application.", valueName: "name"))
    var application: String?

    @OptionGroup var options: CallOptions

    func run() async throws {
        try await CommandOutput.concluding {
            var request = ControlRequest(.runs, id: application)
            request.ids = runs.isEmpty ? nil : runs
            let runs = try options.ask(request).runs ?? []
            if options.json { return CommandOutput.line(try CallOptions.encoded(runs)) }
            if runs.isEmpty { return CommandOutput.line("No runs are remembered.") }
            let rows = runs.map { run in
                [
                    run.id, run.status, run.detail, run.application ?? "-", run.direction ?? "-",
                    run.outboundParameters ?? "", run.started.map { String($0.prefix(19)) } ?? "-",
                ]
            }
            CommandOutput.line(
                TextTable(["RUN", "STATUS", "DETAIL", "RUNS", "DIRECTION", "PARAMETERS", "STARTED"], rows).text)
        }
    }
}

/// `martlet applications cancel`.
struct CancelApplicationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Cancels runs: those that wait never run, those that run are asked to end.",
        discussion: """
            Examples:
              martlet applications cancel 1.17
              martlet applications cancel --application reminder
            """)

    @Argument(help: ArgumentHelp("Names of runs.", valueName: "run"))
    var runs: [String] = []

    @Option(help: ArgumentHelp("Every run of this application that was started from outside.", valueName: "name"))
    var application: String?

    @OptionGroup var options: CallOptions

    func validate() throws {
        if runs.isEmpty == (application == nil) {
            throw ValidationError("Name runs, or an application with --application.")
        }
    }

    func run() async throws {
        try await CommandOutput.concluding {
            var request = ControlRequest(.cancelRuns, id: application)
            request.ids = runs.isEmpty ? nil : runs
            let response = try options.ask(request)
            let missing = response.missing ?? []
            if options.json {
                CommandOutput.line(try CallOptions.encoded(["missing": missing]))
            } else {
                let count = response.count ?? 0
                CommandOutput.line(count == 1 ? "1 run is cancelled" : "\(count) runs are cancelled")
            }
            for run in missing { CommandOutput.complain("martlet: run \(run.printable) has ended, or nobody knows it") }
            if !missing.isEmpty { throw ExitCode(1) }
        }
    }
}

/// `martlet applications purge`.
struct PurgeApplicationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge", abstract: "Cancels the runs of an application that wait.",
        discussion: "Example:\n  martlet applications purge reminder")

    @Argument(help: ArgumentHelp("Id or name of the application.", valueName: "name"))
    var name: String

    @OptionGroup var options: CallOptions

    func run() async throws {
        try await CommandOutput.concluding {
            let count = try options.ask(ControlRequest(.purgeService, id: name)).count ?? 0
            if options.json { return CommandOutput.line(try CallOptions.encoded(["count": count])) }
            CommandOutput.line(count == 1 ? "1 run is cancelled" : "\(count) runs are cancelled")
        }
    }
}
