import Audio
import CallControl
import Foundation
import Logging
import MediaSessions
import SwitchEngine
import Synchronization

@testable import VoiceApplications

/// The switch, played by a test: it takes commands one after the other, and says nothing by itself.
final class ScriptedPort: ChannelPort {
    private let commands: AsyncStream<ChannelCommand>
    private let sink: AsyncStream<ChannelCommand>.Continuation
    /// How many commands came at a time.
    let batches = Mutex<[Int]>([])

    init() { (commands, sink) = AsyncStream.makeStream() }

    func submit(_ commands: [ChannelCommand]) {
        batches.withLock { $0.append(commands.count) }
        for command in commands { sink.yield(command) }
    }

    /// The next command.
    func command() async -> ChannelCommand { await next { $0 } }

    /// What `take` makes of the first command of which it makes anything.
    private func next<Found>(_ take: (ChannelCommand) -> Found?) async -> Found {
        for await command in commands {
            if let found = take(command) { return found }
        }
        fatalError("the port is gone")
    }

    /// The next verb.
    func verb() async -> (channel: ChannelID, id: VerbID, verb: ChannelVerb, arguments: ChannelArguments) {
        await next { command in
            guard case .perform(let channel, let id, let verb, let said) = command else { return nil }
            return (channel, id, verb, said)
        }
    }

    /// The next thing asked of media.
    func media() async -> (channel: ChannelID, command: PartyCommand) {
        await next { command in
            switch command {
            case .media(let channel, let command): (channel, command)
            case .enter(let channel, let job, _): (channel, .join(job, RoomID(rawValue: 1), RoomTerms()))
            default: nil
            }
        }
    }

    /// The next verb that is given up.
    func abandoned() async -> VerbID {
        await next { if case .abandon(_, let verb) = $0 { verb } else { nil } }
    }

    /// The next channel that is closed.
    func closed() async -> ChannelID {
        await next { if case .close(let channel) = $0 { channel } else { nil } }
    }

    /// The account of the next channel that is opened.
    func opened() async -> Int {
        await next { if case .open(_, let account) = $0 { account } else { nil } }
    }
}

/// An application that does what its test says.
struct Scripted: VoiceApplication {
    let body: @Sendable (ApplicationRun) async throws -> Int

    func main(_ run: ApplicationRun) async throws -> Int { try await body(run) }
}

/// A host with one application, `app`, provisioned as `a-1`.
struct Scene {
    let port = ScriptedPort()
    let host: ApplicationHost
    let records: AsyncStream<ApplicationDataRecord>

    init(
        maximumRuns: Int = 100, files: URL = FileManager.default.temporaryDirectory,
        _ body: @escaping @Sendable (ApplicationRun) async throws -> Int
    ) {
        var catalogue = ApplicationCatalogue()
        catalogue.add("app") { Scripted(body: body) }
        var settings = ApplicationHost.Settings()
        settings.maximumRuns = maximumRuns
        let (records, sink) = AsyncStream<ApplicationDataRecord>.makeStream()
        self.records = records
        host = ApplicationHost(
            port: port, catalogue: catalogue, files: MediaFiles(folder: files), settings: settings,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { sink.yield($0) }
        host.adopt([
            "a-1": Scene.service, "a-2": ApplicationHost.Service(application: "no such program"),
        ])
    }

    static let service = ApplicationHost.Service(application: "app", parameters: ["b": "2", "a": "1"], account: 7)

    func record() async -> ApplicationDataRecord {
        for await record in records { return record }
        fatalError("the host is gone")
    }

    /// A call comes in.
    func offer(_ channel: UInt64, _ application: String = "a-1") {
        host.receive([.offered(ChannelID(rawValue: channel), application: application, report(.callIncoming))])
    }

    /// The far end of a call has gone.
    func hangUp(_ channel: UInt64) { host.receive([.changed(ChannelID(rawValue: channel), report(.idle))]) }
}

/// A channel in a state, called by 2025550100.
func report(_ state: ChannelState) -> ChannelReport {
    var details = ChannelDetails()
    details.callFrom = Array("2025550100".utf8)
    var report = ChannelReport(Channel(id: ChannelID(rawValue: 1), isInbound: true), details: details, call: 9)
    report.state = state
    return report
}

/// A channel without a host: what it asks goes to `port`, what it is told comes through `link`.
struct Lone {
    let port = ScriptedPort()
    let link: ChannelLink
    let channel: CallChannel

    init(
        _ state: ChannelState = .answered, files: URL = FileManager.default.temporaryDirectory, speech: Speech? = nil
    ) {
        link = ChannelLink(ChannelID(rawValue: 1), report(state), port: port)
        let files = speech.map { MediaFiles(folder: files, speech: $0) } ?? MediaFiles(folder: files)
        channel = CallChannel(link, files: files)
    }
}

/// A folder of a test's own, removed at its end.
func withFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "voice-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
}
