import ArgumentParser
import ConfigurationFiles
import Glibc

/// What commands write for people and for other programs.
enum CommandOutput {
    /// Writes a line to standard output at once.
    static func line(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

    /// Writes text to standard output at once, without a line end.
    static func raw(_ text: String) { write(text, to: STDOUT_FILENO) }

    /// Writes a question to standard error, where it is seen even if the output goes to a file.
    static func ask(_ text: String) { write(text, to: STDERR_FILENO) }

    /// Writes a line to standard error.
    static func complain(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

    private static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno != EINTR { return }
            rest = rest.dropFirst(max(0, count))
        }
    }

    /// Runs the work of a command. What is wrong with files or variables ends the process with status 2, everything
    /// else with 1; either is told on standard error.
    static func concluding(_ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let error as ConfigurationError {
            complain("\(error)")
            throw ExitCode(2)
        } catch let code as ExitCode {
            throw code
        } catch let problem as ValidationError {
            throw problem
        } catch {
            complain("martlet: \(error)")
            if let advice = CommandAdvice.on(error) { complain("         \(advice)") }
            throw ExitCode(1)
        }
    }
}
