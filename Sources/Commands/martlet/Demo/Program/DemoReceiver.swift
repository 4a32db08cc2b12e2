import Addresses
import Audio
import ConfigurationFiles
import Foundation
import HTTPService
import Hummingbird
import Logging
import Synchronization

/// A program as anybody may write one: it is told the events of a call by GET, and answers two of them with what the call
/// is to do next.
final class DemoReceiver: Sendable {
    /// An event, member by member.
    typealias Event = [String: String]

    /// Where its events go.
    let url: String
    private let service: HTTPService
    private let events = Mutex<[Event]>([])

    /// Serves on a free port of `address`, telling `tale` what it is told.
    init(on address: IPAddress, tale: DemoTale) async throws {
        var settings = HTTPSettings()
        settings.listen = [HTTPListener(isSecure: false, Endpoint(address, 0))]
        service = try await HTTPService(settings, logger: Logger(label: "demo") { _ in SwiftLogNoOpLogHandler() })
        url = "\(service.listeners[0].url)/call"
        service.open([
            HTTPRouteGroup { [self] router in
                router.get("/:name") { request, _ in self.answer(request, tale) }
            }
        ])
    }

    func stop() async { await service.stop() }

    /// The first event of this type since `forget`, once it has come; nil after three seconds.
    func event(_ type: String) async -> Event? {
        for _ in 0..<150 {
            if let event = events.withLock({ $0.first { $0["eventType"] == type } }) { return event }
            try? await Task.sleep(for: .milliseconds(20))
        }
        return nil
    }

    /// Lets what was told so far count no more.
    func forget() { events.withLock { $0 = [] } }

    private func answer(_ request: Request, _ tale: DemoTale) -> Response {
        if request.uri.path.hasSuffix(".wav") { return Self.tone(request.uri.path) }
        let items = URLComponents(string: "?\(request.uri.query ?? "")")?.queryItems ?? []
        let event = Event(items.map { ($0.name, $0.value ?? "") }) { first, _ in first }
        events.withLock { $0.append(event) }
        let reply = Self.reply(to: event)
        tale.happened("program", Self.sentence(event) + (reply == nil ? "" : ", and replies:"))
        for line in reply?.split(separator: "\n") ?? [] { tale.note("           \(line)") }
        return Response(
            status: .ok, headers: [.contentType: "application/xml"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: reply ?? "")))
    }

    /// What the call is to do next; nil where nothing follows from the event.
    private static func reply(to event: Event) -> String? {
        switch event["eventType"] {
        case "answer":
            """
            <Response><Gather requestUrl="/digits" maxDigits="2">
              <PlayAudio>/700.wav</PlayAudio></Gather></Response>
            """
        case "gather": "<Response><PlayAudio>/900.wav</PlayAudio><Hangup/></Response>"
        default: nil
        }
    }

    private static func sentence(_ event: Event) -> String {
        let what = event["digits"] ?? event["dtmfDigit"] ?? event["cause"]
        return "is told \(event["eventType"] ?? "nothing")" + (what.map { " \($0)" } ?? "")
    }

    /// `/700.wav`: five seconds of 700 Hz; `/900.wav`: a short one.
    private static func tone(_ path: String) -> Response {
        let frequency = path == "/700.wav" ? 700.0 : 900
        let clip = AudioClip(.once(frequency, for: .milliseconds(path == "/700.wav" ? 5000 : 600)))
        return Response(
            status: .ok, headers: [.contentType: "audio/wav"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: WAVEWriter.file(clip.samples))))
    }
}
