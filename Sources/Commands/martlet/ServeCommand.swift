import ArgumentParser
import ConfigurationFiles
import Glibc
import Logging
import Management

/// `martlet serve`: runs the switch in the foreground.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Runs the switch until SIGTERM or SIGINT.",
        discussion: """
            One line on standard output says when every listener is bound; the log goes to standard error.
            The first SIGTERM or SIGINT drains: new calls are refused with 503, calls in progress go on, at most \
            drain_timeout. The second stops at once. SIGHUP reads configuration and provisioning files again.
            Exit status: 0 stopped, 1 could not start, 2 wrong configuration or usage.

            Examples:
              martlet serve
              martlet serve --config /etc/martlet/martlet.yaml
              MARTLET_SIP_LISTEN=udp:127.0.0.1:5060 martlet serve
            """)

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        try await CommandOutput.concluding {
            let source = ConfigurationSource(file: options.file)
            let settings = try source.read().configuration.log
            let logger = Logger(label: "martlet") { _ in LineLogHandler(settings) }
            signal(SIGPIPE, SIG_IGN)
            let signals = SignalEvents([SIGTERM, SIGINT, SIGHUP])
            let process = try await SwitchProcess(source, logger: logger)
            CommandOutput.line(process.readyLine)
            try await serve(process, signals, logger)
        }
    }

    private func serve(_ process: SwitchProcess, _ signals: SignalEvents, _ logger: Logger) async throws {
        let management = process.management
        let stream = signals.stream
        let order = Task { [continuation = signals.continuation] in
            await management.drainBegun()
            if !Task.isCancelled { continuation.yield(SIGTERM) }
        }
        for await number in stream {
            guard number == SIGHUP else { break }
            await reload(management, logger)
        }
        order.cancel()
        await management.drain()
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await management.drained() }
            group.addTask {
                for await number in stream where number != SIGHUP { break }
                return false
            }
            let isEmpty = await group.next() ?? false
            if !isEmpty { logger.notice("calls that are left are ended") }
            group.cancelAll()
        }
        try await process.stop()
    }

    private func reload(_ management: SwitchManagement, _ logger: Logger) async {
        do {
            _ = try await management.reload()
        } catch let error as ConfigurationError {
            for problem in error.problems {
                logger.error("configuration not reloaded", metadata: ["problem": "\(problem)"])
            }
        } catch {
            logger.error("configuration not reloaded", metadata: ["problem": "\(error)"])
        }
    }
}
