import ArgumentParser
import ConfigurationFiles
import Management
import Serving

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
            try await SwitchServing.run(source) { CommandOutput.line($0) }
        }
    }
}
