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
    private let records: ApplicationRecordLog?

    init(
        _ configuration: Configuration, catalogue: ApplicationCatalogue, shard: SignallingShard, logger: Logger
    ) {
        let log = configuration.log
        let records = log.applicationRecords.map { path in
            ApplicationRecordLog(
                path: path, maximumBytes: log.applicationRecordsSize, maximumFiles: log.applicationRecordsFiles,
                logger: logger)
        }
        self.records = records
        let folder = URL(filePath: configuration.media.files, directoryHint: .isDirectory)
        host = ApplicationHost(
            port: ShardChannels(shard: shard), catalogue: catalogue, files: MediaFiles(folder: folder), logger: logger
        ) { record in
            let line = record.line(at: Date())
            records?.append(line)
            logger.notice("application ended", metadata: ["record": "\(line)"])
        }
    }

    /// Takes the compiled-in applications of new tables; those of a user pay with the user's account.
    func adopt(_ tables: RoutingTables) {
        var services: [String: ApplicationHost.Service] = [:]
        var logins: [Int: [String]] = [:]
        for application in tables.applications {
            let user = application.user.flatMap { tables.user(id: $0) }.map { tables.users[$0] }
            let payer = application.account ?? user?.account
            guard let builtin = application.builtin else {
                services[application.id] = ApplicationHost.Service(
                    application: ApplicationCatalogue.driven, parameters: ["application": application.id],
                    account: payer, extraChannels: 0)
                continue
            }
            let named = application.parameters["account"].flatMap { Int($0) }
            var service = ApplicationHost.Service(
                application: builtin, parameters: application.parameters, account: payer ?? named)
            service.id = application.id
            service.name = application.name
            service.password = application.password
            let owner = tables.customerOwning(account: service.account) ?? user?.customer ?? Customer.root.id
            service.owner = "\(owner)"
            let known = logins[owner] ?? tables.logins(ofCustomer: owner)
            logins[owner] = known
            service.logins = known + [application.user].compactMap { $0 }
            services[application.id] = service
        }
        host.adopt(services)
    }

    func stop() async {
        await host.stop(within: Self.patience)
        await records?.flush()
    }
}

extension RoutingTables {
    /// Id of the customer of an account; nil where there is no such account.
    fileprivate func customerOwning(account: Int?) -> Int? {
        guard let position = account.flatMap({ self.account(id: $0) }) else { return nil }
        return customers[accounts[position].customer].id
    }

    /// How a customer is called where somebody shows who he is: by his web login, his name or his id.
    fileprivate func logins(ofCustomer id: Int) -> [String] {
        guard let position = customer(id: id) else { return [] }
        return ["\(id)"] + [webLogin(ofCustomer: position), customers[position].name].compactMap { $0 }
    }
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
