import ApplicationServices
import ConfigurationFiles
import HTTPService
import Logging
import Management
import VoiceApplications
import VoiceRESTAPI
import XMLRPCAPI

/// A switch with everything that is served beside SIP: what `martlet serve` and the demonstration run.
public struct SwitchProcess: Sendable {
    public let management: SwitchManagement
    public let http: HTTPService
    private let voice: VoiceInterface

    /// Binds every listener and starts the switch. Throws with nothing left open: `ConfigurationError`,
    /// `HTTPServiceError`, and what `SwitchManagement` and `WebhookService` throw. `reading` is what the source says, where
    /// it has been read already; `applications` are those that numbers can lead to, beside those that programs drive.
    public init(
        _ source: ConfigurationSource, reading known: Configuration.Reading? = nil,
        applications: ApplicationCatalogue = .builtin, logger: Logger
    ) async throws {
        let reading = try known ?? source.read()
        let configuration = reading.configuration
        let settings = configuration.http
        if configuration.storePlace != .memory { try ControlServer.refuseOther(at: configuration.controlPath) }
        http = try await HTTPService(settings, logger: logger)
        do {
            let door = CallDoor()
            let management = try await SwitchManagement(
                source, reading: reading, applications: VoiceInterface.catalogue(door, beside: applications),
                logger: logger)
            self.management = management
            do {
                voice = try await VoiceInterface(
                    management, configuration, listeners: http.listeners, door: door, logger: logger)
            } catch {
                // What went wrong first is what is told.
                try? await management.stop()
                throw error
            }
        } catch {
            await http.stop()
            throw error
        }
        let xmlrpc = XMLRPCService(management, settings: settings, logger: logger)
        http.open(
            [
                HealthRoutes(management, further: { [voice] in voice.metrics }).routes,
                ServiceRoutes(management).routes, xmlrpc.routes,
            ] + voice.groups)
        await management.whenReloaded { [http] configuration in
            xmlrpc.adopt(configuration.http)
            do {
                try http.reloadCertificate()
            } catch {
                logger.error("the certificate was not read again", metadata: ["reason": "\(error)"])
            }
        }
    }

    /// `martlet ready sip=udp:127.0.0.1:5060 http=http://127.0.0.1:8080`, with real ports.
    public var readyLine: String {
        let urls = http.listeners.map(\.url).joined(separator: ",")
        return management.readyLine + (urls.isEmpty ? "" : " http=\(urls)")
    }

    /// Ends the calls that are left, tells their events, and closes everything.
    public func stop() async throws {
        // Streams of events have no end of their own that HTTP could wait for.
        await voice.endStreams()
        await http.stop()
        let ending: Result<Void, any Error>
        do {
            ending = .success(try await management.stop())
        } catch {
            ending = .failure(error)
        }
        // What was told last is delivered also where something else could not be closed in good order.
        await voice.stop()
        try ending.get()
    }
}
