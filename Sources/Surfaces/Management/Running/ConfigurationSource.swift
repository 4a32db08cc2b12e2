import ConfigurationFiles
import Foundation

/// Where a switch's configuration comes from, so that it can be read again.
public struct ConfigurationSource: Sendable {
    /// Reads the configuration anew; throws every problem of it at once.
    public var read: @Sendable () throws(ConfigurationError) -> Configuration.Reading

    /// A file, or `./martlet.yaml` where `file` is nil and that exists, else the defaults; then the variables.
    public init(file: String?, environment: [String: String] = ProcessInfo.processInfo.environment) {
        read = { () throws(ConfigurationError) in try Configuration.read(file: file, environment: environment) }
    }

    /// A configuration that was made by a program.
    public init(_ configuration: Configuration) {
        read = { () throws(ConfigurationError) in Configuration.Reading(configuration) }
    }
}
