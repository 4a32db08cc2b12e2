import ConfigurationFiles
import Foundation
import Logging
import Routing
import SwitchEngine
import SwitchRuntime
import VoiceApplications

/// The voice applications of a running switch: the host that runs them, told which of them are provisioned.
struct ApplicationDesk: Sendable {
    /// Longest wait for applications to end when the switch stops.
    private static let patience: Duration = .seconds(2)

    let host: ApplicationHost

    init(
        _ configuration: Configuration, catalogue: ApplicationCatalogue, shard: SignallingShard, logger: Logger
    ) {
        let folder = URL(filePath: configuration.media.files, directoryHint: .isDirectory)
        host = ApplicationHost(
            port: ShardChannels(shard: shard), catalogue: catalogue, files: MediaFiles(folder: folder), logger: logger
        ) { record in
            logger.notice("application ended", metadata: ["record": "\(record.line(at: Date()))"])
        }
    }

    /// Takes the compiled-in applications of new tables; those of a user pay with the user's account.
    func adopt(_ tables: RoutingTables) {
        var services: [String: ApplicationHost.Service] = [:]
        for application in tables.applications {
            let payer = application.user.flatMap { tables.user(id: $0) }.map { tables.users[$0].account }
            guard let builtin = application.builtin else {
                services[application.id] = ApplicationHost.Service(
                    application: ApplicationCatalogue.driven, parameters: ["application": application.id],
                    account: payer, extraChannels: 0)
                continue
            }
            let named = application.parameters["account"].flatMap { Int($0) }
            services[application.id] = ApplicationHost.Service(
                application: builtin, parameters: application.parameters, account: payer ?? named)
        }
        host.adopt(services)
    }

    func stop() async { await host.stop(within: Self.patience) }
}

extension ApplicationCatalogue {
    /// Name of the application that drives calls by webhooks and REST; its parameter `application` is the id of the
    /// provisioned application.
    public static let driven = "driven"
}

/// The channels of a shard, as applications reach them.
private struct ShardChannels: ChannelPort {
    let shard: SignallingShard

    func submit(_ commands: [ChannelCommand]) { shard.post(contentsOf: commands.map { .channel($0) }) }
}
