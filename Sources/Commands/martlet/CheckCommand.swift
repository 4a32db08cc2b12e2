import ArgumentParser
import ConfigurationFiles
import Management
import Routing
import SQLiteStore

/// `martlet check`: says whether a switch would start with this configuration, and what would listen where.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Validates configuration and provisioning.",
        discussion: """
            Opens no socket and changes no store. Exit status: 0 everything is right, 1 the store cannot be read, \
            2 something is wrong.

            Example:
              martlet check --config /etc/martlet/martlet.yaml
            """)

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        try await CommandOutput.concluding {
            let configuration = try options.read()
            let files = try ProvisioningFiles.read(configuration.provisioning)
            let current = try SQLiteStore.peek(at: configuration.storePlace)
            let target = try ProvisioningUpdate(files).target(from: current)
            for (name, value) in report(configuration, target) {
                let title = name.padding(toLength: 14, withPad: " ", startingAt: 0)
                CommandOutput.line("\(title)\(value)")
            }
        }
    }

    private func report(_ configuration: Configuration, _ provisioning: Provisioning) -> [(String, String)] {
        let unserved = " (not served by this release)"
        var lines = configuration.sip.listen.map { ("sip", "\($0)\($0.transport == .tls ? unserved : "")") }
        lines += configuration.http.listen.map { ("http", "\($0)") }
        if let address = configuration.sip.advertise { lines.append(("", "advertised as \(address)")) }
        let media = configuration.media
        lines.append(("media", "\(media.mode.rawValue), rtp udp:\(media.address) ports \(media.ports)"))
        lines.append(("", "\(media.ports.pairs) pairs of ports; a relayed call takes two"))
        if let address = media.advertise { lines.append(("", "advertised as \(address)")) }
        lines.append(("store", "\(configuration.store)"))
        lines.append(("control", "unix:\(configuration.controlPath)"))
        let counts = [
            (provisioning.customers.count, "customers"), (provisioning.accounts.count, "accounts"),
            (provisioning.connections.count, "connections"), (provisioning.routingGroups.count, "routing groups"),
            (provisioning.dids.count, "numbers"), (provisioning.applications.count, "applications"),
        ]
        lines.append(("provisioning", counts.map { "\($0) \($1)" }.joined(separator: ", ")))
        lines.append(("", "valid"))
        return lines
    }
}
