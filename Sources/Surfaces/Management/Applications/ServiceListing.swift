import CallControl
import Foundation
import VoiceApplications

/// An application that can be started, as commands and HTTP show it.
public struct ServiceListing: Codable, Equatable, Sendable {
    public var id: String
    public var name: String
    /// Name of the compiled-in application that it runs.
    public var application: String
    /// Id of the account that pays for its calls; nil where it cannot be started from outside.
    public var account: Int?
    /// Runs that wait.
    public var queued: Int
    public var running: Int
    /// Runs that have ended and are remembered.
    public var finished: Int

    init(_ service: ApplicationHost.Service, _ runs: [RunReport]) {
        id = service.id
        name = service.name
        application = service.application
        account = service.account
        queued = runs.count { $0.status == .queued }
        running = runs.count { $0.status == .running }
        finished = runs.count { $0.status.isFinished }
    }
}

/// One run, as commands and HTTP show it. Times are UTC in ISO 8601.
public struct RunListing: Codable, Equatable, Sendable {
    public var id: String
    /// QUEUED, RUNNING, COMPLETED, COULDNOTRUN, CANCELLED or UNKNOWN.
    public var status: String
    /// The result of a run that is COMPLETED, why one is COULDNOTRUN; else empty.
    public var detail: String
    public var isFinished: Bool
    /// Id of the service; nil for a run that nobody knows, as everything below.
    public var service: String?
    public var application: String?
    /// `inbound` or `outbound`.
    public var direction: String?
    public var outboundParameters: String?
    public var asked: String?
    public var started: String?
    public var ended: String?

    enum CodingKeys: String, CodingKey {
        case id, status, detail, service, application, direction, asked, started, ended
        case isFinished = "is_finished"
        case outboundParameters = "outbound_parameters"
    }

    /// The run with this name, which nobody may know.
    init(_ id: String, _ report: RunReport?) {
        let status = report?.status ?? .unknown
        self.id = id
        self.status = status.name
        detail = status.detail
        isFinished = status.isFinished
        service = report?.service.id
        application = report?.service.application
        direction = report?.direction.rawValue
        outboundParameters = report?.outboundParameters
        asked = report?.asked.formatted(Self.style)
        started = report?.started?.formatted(Self.style)
        ended = report?.ended?.formatted(Self.style)
    }

    static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
}

/// How runs are asked for.
public struct RunOrder: Codable, Equatable, Sendable {
    public var outboundParameters = ""
    public var count = 1
    public var delimiter: String?

    public init() {}
}

/// A conference, as commands show it.
public struct ConferenceListing: Codable, Equatable, Sendable {
    /// One party.
    public struct Member: Codable, Equatable, Sendable {
        /// Names the party in orders.
        public var id: String
        /// Number of its call; nil for a party that is an application's own.
        public var call: String?
        public var party: String
        /// `talker` or `listener`.
        public var role: String
        public var muted: Bool
        public var held: Bool
        public var joined: String
    }

    public var name: String
    /// To whom it belongs; empty for nobody in particular.
    public var owner: String
    /// `stopped` or `started`.
    public var state: String
    public var maximum: Int
    public var created: String
    public var members: [Member]

    init(_ status: ConferenceStatus) {
        name = status.name.room
        owner = status.name.owner
        state = status.state.rawValue
        maximum = status.maximumParties
        created = status.created.formatted(RunListing.style)
        members = status.members.map { member in
            Member(
                id: "\(member.id.rawValue)", call: member.call.map { "\($0)" }, party: member.party,
                role: member.isTalker ? "talker" : "listener", muted: member.isMuted, held: member.isHeld,
                joined: member.joined.formatted(RunListing.style))
        }
    }
}
