import ConfigurationFiles
import HTTPService
import Logging
import Management
import VoiceApplications
import VoiceRESTAPI
import Webhooks

/// The voice REST interface of a switch: the calls that programs drive, their events, and its addresses.
struct VoiceInterface: Sendable {
    /// Longest file that is fetched to be played, and longest wait for it.
    private static let longestFile = 16 << 20
    private static let fetchTime: Duration = .seconds(10)
    /// Longest wait for the ends of event streams, where their readers are slow.
    private static let streamPatience: Duration = .seconds(1)

    /// What the interface serves.
    let groups: [HTTPRouteGroup]
    private let desk: CallDesk
    let webhooks: WebhookService
    private let download: GuardedDownload

    /// The applications that calls may be given to: `others`, and the one behind `door`, which opens when the switch has
    /// its interface.
    static func catalogue(_ door: CallDoor, beside others: ApplicationCatalogue) -> ApplicationCatalogue {
        var catalogue = others
        catalogue.add(ApplicationCatalogue.driven) { IncomingCalls(door) }
        return catalogue
    }

    /// Begins to deliver events and to take the calls behind `door`. Throws what `WebhookService` throws.
    init(
        _ management: SwitchManagement, _ configuration: Configuration, listeners: [HTTPListener], door: CallDoor,
        logger: Logger
    ) async throws {
        webhooks = try await WebhookService(
            management.store, settings: configuration.webhooks, build: "martlet-\(Release.version)", logger: logger)
        let download = GuardedDownload(allowsPrivateAddresses: configuration.webhooks.allowPrivateAddresses)
        self.download = download
        let base = configuration.http.publicURL ?? listeners.first?.url ?? "http://127.0.0.1:8080"
        let follower = DocumentFollower(door, logger: logger)
        var deskSettings = CallDesk.Settings(baseURL: base, follower: follower) { url in
            try await Self.fetch(url, download)
        }
        deskSettings.causes = configuration.webhooks.hangupCauses == .freeswitch ? .freeswitch : .documented
        deskSettings.complain = { [webhooks] in webhooks.record($0) }
        deskSettings.ownNumbersOnly = configuration.http.ownNumbersOnly
        let desk = CallDesk(management, settings: deskSettings, sink: webhooks, logger: logger)
        self.desk = desk
        do {
            try desk.tellCutOff { [webhooks] route in try webhooks.stream(resuming: route) }
        } catch {
            await webhooks.stop()
            await download.stop()
            throw error
        }
        door.open(desk)
        management.applicationHost.whenNumberIsIdle { [webhooks] call in
            webhooks.record(idleNumber: call.called, of: call.user, calledBy: call.caller)
        }
        var settings = VoiceRESTService.Settings(publicURL: configuration.http.publicURL, fallbackURL: base)
        settings.isSecure = !listeners.isEmpty && listeners.allSatisfy(\.isSecure)
        settings.requestsPerSecond = configuration.limits.restRequestsPerSecond
        let media = MediaShelf(folder: management.applicationHost.files.folder)
        let routes =
            CallResources.routes(desk) + ProvisionedResources.routes(management.provisioning, media: media)
            + EventLogRoutes(webhooks).all
        let service = VoiceRESTService(
            UserDirectory(management), settings: settings, routes: routes, note: { [webhooks] in webhooks.record($0) },
            logger: logger)
        groups = [service.routes, OpenAPIDocument(routes, base: base).routes]
    }

    private static func fetch(_ url: String, _ download: GuardedDownload) async throws(RESTError) -> [UInt8] {
        do {
            return try await download.bytes(of: url, upTo: longestFile, within: fetchTime)
        } catch {
            let code: RESTErrorCode =
                switch error {
                case .badURL: .mediaInvalidURL
                case .unavailable: .mediaUnavailable
                case .tooLong: .mediaSizeOverflow
                }
            throw RESTError(code, "\(url) cannot be fetched: \(error)")
        }
    }

    /// Ends the streams of events that are open, and opens no other one.
    func endStreams() async { await webhooks.followers.stop(within: Self.streamPatience) }

    /// Delivers what can be delivered soon, and ends; after the calls have ended.
    func stop() async {
        // While events can still be made durable: a call is over in the history only after its hangup is.
        await desk.settled()
        await webhooks.stop()
        await download.stop()
    }
}
