import CallControl
import VoiceApplications

/// What is asked about voice applications and conferences, and done with them.
extension SwitchManagement {
    /// Why nothing was done.
    public enum ApplicationError: Error, Equatable, Sendable, CustomStringConvertible {
        case noService(String)
        case noConference(String)
        case noMember(String)
        case notStarted(ApplicationHost.StartError)

        public var description: String {
            switch self {
            case .noService(let name):
                "no application is called \(name.debugDescription); martlet applications list shows those that there are"
            case .noConference(let name): "there is no conference \(name.debugDescription)"
            case .noMember(let name): "nobody called \(name.debugDescription) is in a conference"
            case .notStarted(let reason): "\(reason)"
            }
        }
    }

    /// All conferences.
    public nonisolated var conferences: Conferences { applicationHost.conferences }

    /// The applications that can run, or the one with this id or name.
    public nonisolated func services(_ idOrName: String? = nil) throws(ApplicationError) -> [ServiceListing] {
        let host = applicationHost
        if let idOrName {
            let service = try service(idOrName)
            return [ServiceListing(service, host.reports(of: service.id))]
        }
        let runs = Dictionary(grouping: host.reports()) { $0.service.id }
        return host.services.filter { $0.application != ApplicationCatalogue.driven }.map {
            ServiceListing($0, runs[$0.id] ?? [])
        }
    }

    /// Starts the application with this id or name; the names of its runs.
    public func startService(_ idOrName: String, _ order: RunOrder) throws(ApplicationError) -> [String] {
        let service = try service(idOrName)
        guard !isDraining else { throw .notStarted(.stopping) }
        do {
            return try applicationHost.start(
                service, outboundParameters: order.outboundParameters, count: order.count, delimiter: order.delimiter)
        } catch {
            throw .notStarted(error)
        }
    }

    /// The runs with these names in that order, each of which may be unknown; of a service only, where one is named.
    public nonisolated func runs(_ ids: [String], of service: String? = nil) throws(ApplicationError) -> [RunListing] {
        let host = applicationHost
        let owner = try service.map { name throws(ApplicationError) in try self.service(name).id }
        return ids.map { id in
            let report = host.report(of: id)
            return RunListing(id, owner == nil || report?.service.id == owner ? report : nil)
        }
    }

    /// The runs of a service, or of all, that are remembered, the latest first.
    public nonisolated func runs(of service: String?) throws(ApplicationError) -> [RunListing] {
        let owner = try service.map { name throws(ApplicationError) in try self.service(name).id }
        return applicationHost.reports(of: owner).map { RunListing($0.id, $0) }
    }

    /// Cancels runs; those that had ended, or that nobody knows. Of a service only, where one is named.
    public nonisolated func cancelRuns(_ ids: [String], of service: String? = nil) throws(ApplicationError) -> [String]
    {
        let host = applicationHost
        let owner = try service.map { name throws(ApplicationError) in try self.service(name).id }
        return ids.filter { id in
            (owner != nil && host.report(of: id)?.service.id != owner) || !host.cancel(id)
        }
    }

    /// Cancels all runs of a service that were started from outside; how many.
    public nonisolated func cancelService(_ idOrName: String) throws(ApplicationError) -> Int {
        applicationHost.cancelAll(of: try service(idOrName).id)
    }

    /// Cancels the runs of a service that wait; how many.
    public nonisolated func purgeService(_ idOrName: String) throws(ApplicationError) -> Int {
        applicationHost.purge(try service(idOrName).id)
    }

    /// Runs of a service that wait; how many.
    public nonisolated func queueLength(of idOrName: String) throws(ApplicationError) -> Int {
        applicationHost.queueLength(of: try service(idOrName).id)
    }

    /// The service with this id or name.
    public nonisolated func service(_ idOrName: String) throws(ApplicationError) -> ApplicationHost.Service {
        guard let service = applicationHost.service(idOrName), service.application != ApplicationCatalogue.driven else {
            throw .noService(idOrName)
        }
        return service
    }

    // MARK: Conferences

    /// The conferences there are, or those of this name.
    public nonisolated func conferences(_ name: String? = nil) throws(ApplicationError) -> [ConferenceListing] {
        let found = conferences.list.filter { name == nil || $0.name.room == name || "\($0.name)" == name }
        if let name, found.isEmpty { throw .noConference(name) }
        return found.map(ConferenceListing.init)
    }

    /// Ends the conferences of this name; how many.
    public nonisolated func endConference(_ name: String) throws(ApplicationError) -> Int {
        let found = conferences.list.filter { $0.name.room == name || "\($0.name)" == name }
        if found.isEmpty { throw .noConference(name) }
        for conference in found { conferences.end(conference.name) }
        return found.count
    }

    /// Does something with a party, which is named by its id or the number of its call.
    public nonisolated func change(
        _ member: String, _ change: ConferenceMemberChange
    ) throws(ApplicationError) {
        let members = conferences.list.flatMap(\.members)
        let found = members.first { "\($0.id.rawValue)" == member || $0.call.map { "\($0)" } == member }
        guard let id = found?.id else { throw .noMember(member) }
        switch change {
        case .mute: conferences.mute(id)
        case .unmute: conferences.mute(id, false)
        case .hold: conferences.hold(id)
        case .unhold: conferences.hold(id, false)
        case .eject: conferences.eject(id)
        }
    }
}

/// What can be done with a party of a conference.
public enum ConferenceMemberChange: String, Codable, Sendable, CaseIterable {
    case mute, unmute, hold, unhold, eject
}
