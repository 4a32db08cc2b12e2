import ArgumentParser
import ConfigurationFiles

/// The option that names the configuration.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp("Configuration file; ./martlet.yaml if it exists, else defaults.", valueName: "file"))
    var file: String?

    /// Reads the configuration; warnings go to standard error.
    func read() throws(ConfigurationError) -> Configuration {
        let reading = try Configuration.read(file: file)
        for warning in reading.warnings { CommandOutput.complain("warning: \(warning)") }
        return reading.configuration
    }
}
