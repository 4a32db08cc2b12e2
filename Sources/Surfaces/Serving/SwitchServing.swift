import ConfigurationFiles
import Glibc
import Logging
import Management
import VoiceApplications

/// Serves a switch in the foreground, from start to stop.
public enum SwitchServing {
    /// Runs until SIGTERM or SIGINT. The first of them drains: new calls are refused with 503, calls in progress go on, at
    /// most `drain_timeout`; the second stops at once. SIGHUP reads configuration and provisioning again. `ready` gets one
    /// line when every listener is bound. Throws what `SwitchProcess` throws, with nothing left open.
    public static func run(
        _ source: ConfigurationSource, applications: ApplicationCatalogue = .builtin, ready: (String) -> Void
    ) async throws {
        let reading = try source.read()
        let logger = Logger(label: "martlet") { _ in LineLogHandler(reading.configuration.log) }
        signal(SIGPIPE, SIG_IGN)
        let signals = SignalEvents([SIGTERM, SIGINT, SIGHUP])
        let process = try await SwitchProcess(source, reading: reading, applications: applications, logger: logger)
        ready(process.readyLine)
        try await serve(process, signals, logger)
    }

    private static func serve(_ process: SwitchProcess, _ signals: SignalEvents, _ logger: Logger) async throws {
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

    private static func reload(_ management: SwitchManagement, _ logger: Logger) async {
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
