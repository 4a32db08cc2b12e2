import ArgumentParser
import ConfigurationFiles
import Foundation

/// The `martlet` command; each sub-command is a file beside this one.
@main
struct Martlet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "martlet", abstract: "A programmable softswitch.",
        discussion: """
            Example:
              martlet apply provisioning.yaml && martlet serve
            """,
        version: "martlet \(Release.version)",
        subcommands: [
            ServeCommand.self, ApplyCommand.self, CheckCommand.self, CallsCommand.self, ExplainCommand.self,
            ApplicationsCommand.self, ConferencesCommand.self, WebhooksCommand.self, RecordsCommand.self,
            CallCommand.self, PhoneCommand.self, DemoCommand.self,
        ])

    /// Runs the command; wrong usage ends with status 2.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let problem as ValidationError {
            // Found while running, where the usage line would not help.
            FileHandle.standardError.write(Data("Error: \(problem.message)\n".utf8))
            Foundation.exit(2)
        } catch {
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            FileHandle.standardError.write(Data("\(fullMessage(for: error))\n".utf8))
            Foundation.exit(2)
        }
    }
}
