import ConfigurationFiles
import Foundation
import Management
import Serving
import VoiceApplications

/// A switch in a program of your own, with applications of your own compiled in.
///
/// ```swift
/// import Martlet
///
/// @main struct Program {
///     static func main() async {
///         var applications = ApplicationCatalogue.builtin
///         applications.add("hello") { Hello() }
///         await MartletSwitch.run(configuration: "martlet.yaml", applications: applications)
///     }
/// }
/// ```
public enum MartletSwitch {
    /// Serves in the foreground until SIGTERM or SIGINT, as `martlet serve` does: one line on standard output when every
    /// listener is bound, the log on standard error. `configuration` is a file; without one it is `martlet.yaml` where that
    /// exists, else the defaults. Ends the process with status 2 where the configuration is wrong, with 1 where the switch
    /// cannot start; why is told on standard error.
    public static func run(configuration: String? = nil, applications: ApplicationCatalogue) async {
        do {
            try await SwitchServing.run(ConfigurationSource(file: configuration), applications: applications) { line in
                FileHandle.standardOutput.write(Data((line + "\n").utf8))
            }
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            exit(error is ConfigurationError ? 2 : 1)
        }
    }
}
