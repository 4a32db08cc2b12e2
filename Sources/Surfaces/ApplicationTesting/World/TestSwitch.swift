import Addresses
import Audio
import Foundation
import Logging
import MediaSessions
import SIPMessages
import SwitchEngine
import SwitchSimulation
import Synchronization
import TestPhone
import Timeline
import VoiceApplications

/// A whole switch with applications, in virtual time: a time-out of a minute costs a millisecond. Signalling, audio and
/// applications run on the thread of the test, in an order that `seed` decides: a test that fails fails again.
///
/// Applications run as they do in the switch, but for time: `run.sleep`, `run.clock` and all that channels wait for are
/// virtual, in tasks of their own, too. What waits for the world outside (`Task.sleep`, HTTP, processes) is not waited for.
public final class TestSwitch {
    /// Runs that have ended, in that order.
    public var records: [ApplicationDataRecord] { ended.withLock { $0 } }
    /// How much virtual time has passed.
    public var elapsed: Duration { clock.now - .zero }
    /// The files that applications play and record.
    public let files: MediaFiles

    var clock = VirtualClock()
    var core: SwitchCore?
    var media: MediaCore
    var output = MediaOutput()
    var spare = MediaOutput()
    var outputs: [SwitchOutput] = []
    var queue = EventQueue<Event>()
    var network: SimulatedNetwork
    var dice: IdentifierSource
    /// The phones of callers and those behind the carrier; each knows all calls of its side.
    var phones: [Side: PhoneCore]
    var parties: [String: Party] = [:]
    var calls: [CallKey: Party] = [:]
    var ports = TestPorts()
    var services: [(number: String, service: ApplicationHost.Service)] = []
    var catalogue = ApplicationCatalogue()
    var lastCall: UInt32 = 0
    var arriving: Party?
    let commands = CommandBox()
    let runs = RunQueue()
    let time = VirtualTime()
    let isPerfect: Bool
    let ended: EndedRuns
    let ownsFolder: Bool
    private(set) var host: ApplicationHost?

    /// A switch whose seed decides every identifier and every die, whose media files are in `files`, a new folder where
    /// none is given, and whose network does to datagrams what `conditions` say.
    public init(seed: UInt64 = 1, files: URL? = nil, network conditions: NetworkConditions = .perfect) {
        var dice = IdentifierSource(seed: seed)
        let folder =
            files ?? FileManager.default.temporaryDirectory.appending(path: "martlet-test-\(UUID().uuidString)")
        self.files = MediaFiles(folder: folder) { text, _ in SpokenText.clip(text) }
        ownsFolder = files == nil
        media = MediaCore(seed: dice.next())
        network = SimulatedNetwork(conditions: conditions, seed: dice.next())
        isPerfect = conditions == .perfect
        phones = [.callers: PhoneCore(seed: dice.next()), .carrier: PhoneCore(seed: dice.next())]
        ended = EndedRuns()
        self.dice = dice
    }

    deinit {
        host?.abandon()
        _ = runs.drain()
        if ownsFolder { try? FileManager.default.removeItem(at: files.folder) }
    }

    // MARK: Who is there

    /// Lets a number lead to an application, before the first call. `make` is called for each run. To other applications
    /// the number is the name of a service.
    public func serve(
        _ number: String, parameters: [String: String] = [:],
        _ make: @autoclosure @escaping @Sendable () -> any VoiceApplication
    ) {
        precondition(core == nil, "numbers are given to applications before the first call")
        let name = "application-\(services.count + 1)"
        catalogue.add(name, make)
        let service = ApplicationHost.Service(application: name, parameters: parameters, account: TestRoutes.account)
        services.append((number, service))
    }

    /// Lets a number lead to an application that is a closure.
    public func serve(
        _ number: String, parameters: [String: String] = [:],
        _ body: @escaping @Sendable (ApplicationRun) async throws -> Int
    ) {
        serve(number, parameters: parameters, ClosureApplication(body: body))
    }

    /// The party with this number, who answers calls after a second where nothing else is said.
    public func party(_ number: String, _ manner: Party.Manner = .answers(after: .seconds(1))) -> Party {
        if let known = parties[number] { return known }
        let party = Party(number, manner, in: self)
        parties[number] = party
        return party
    }

    /// Starts an application from outside, by the number that it serves; the result names its runs.
    @discardableResult
    public func start(
        _ number: String, outboundParameters: String = "", count: Int = 1, delimiter: Character? = nil
    ) throws -> [String] {
        begin()
        guard let host, let service = services.first(where: { $0.number == number })?.service else {
            throw Unmet(description: "no application serves \(number)")
        }
        return try host.start(
            service, outboundParameters: outboundParameters, count: count, delimiter: delimiter.map { String($0) })
    }

    /// Where a run is.
    public func status(of run: String) -> RunStatus { host?.status(of: run) ?? .unknown }

    /// The names of the WAV files in a folder of `files`, sorted.
    public func recordings(in folder: String = ".") -> [String] {
        let place = files.folder.appending(path: folder)
        return (try? FileManager.default.contentsOfDirectory(atPath: place.path(percentEncoded: false)))?
            .filter { $0.hasSuffix(".wav") }.sorted() ?? []
    }

    // MARK: Time

    /// Lets virtual time pass.
    public func passes(_ time: Duration) { _ = passes(until: clock.now + time) { false } }

    /// Lets time pass until `count` runs have ended, and gives their results in that order. Throws `Unmet`.
    @discardableResult
    public func results(
        _ count: Int = 1, within patience: Duration = .seconds(60), file: StaticString = #fileID, line: UInt = #line
    ) throws -> [Int] {
        guard passes(until: clock.now + patience, { self.ended.count >= count }) else {
            throw Unmet(
                description: "\(file):\(line): \(ended.count) of \(count) runs ended within \(patience)")
        }
        return records.map(\.result)
    }

    /// Whether nothing is left: no call, no channel, no party of the media.
    public var isQuiet: Bool {
        guard let core else { return true }
        return core.liveCallCount == 0 && core.channelCount == 0 && media.partyCount == 0
    }

    /// What came of the runs, for the description of a failure.
    var runTale: [String] { records.map { "run \($0.run) of \($0.caller) returned \($0.result)" } }

    /// Makes the switch, with the numbers that were given to applications.
    func begin() {
        guard core == nil else { return }
        core = TestRoutes.core(services.map(\.number), seed: dice.next(), at: clock.now)
        let ended = ended
        var settings = ApplicationHost.Settings()
        settings.clock = time
        settings.executor = runs
        let host = ApplicationHost(
            port: commands, catalogue: catalogue, files: files, settings: settings,
            logger: Logger(label: "martlet.test") { _ in SwiftLogNoOpLogHandler() }
        ) { ended.add($0) }
        host.adopt(
            Dictionary(uniqueKeysWithValues: services.map { (TestRoutes.application($0.number), $0.service) }))
        self.host = host
    }
}

/// An application that is a closure.
struct ClosureApplication: VoiceApplication {
    let body: @Sendable (ApplicationRun) async throws -> Int

    func main(_ run: ApplicationRun) async throws -> Int { try await body(run) }
}

/// The records of the runs of a test.
final class EndedRuns: Sendable {
    private let records = Mutex<[ApplicationDataRecord]>([])

    var count: Int { records.withLock(\.count) }

    func add(_ record: ApplicationDataRecord) { records.withLock { $0.append(record) } }
    func withLock<Result: Sendable>(_ body: ([ApplicationDataRecord]) -> Result) -> Result {
        records.withLock { body($0) }
    }
}

/// What applications ask of the switch, until it takes it.
final class CommandBox: ChannelPort {
    private let waiting = Mutex<[ChannelCommand]>([])

    func submit(_ commands: [ChannelCommand]) { waiting.withLock { $0 += commands } }

    func take() -> [ChannelCommand] {
        waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }
}
