import CallEvents
import ConfigurationFiles
import Foundation
import Logging
import NIOPosix
import NIOSSL
import SQLiteStore
import Synchronization
import Timeline

/// Voice events from the moment they are told: makes them durable, delivers them, and knows what became of them.
public final class WebhookService: EventSink {
    /// How long what is under way may take when the switch stops.
    private static let stopPatience: Duration = .seconds(3)
    /// How often it is written down from where the next start must look for events that were not delivered.
    private static let markInterval: Duration = .seconds(5)

    /// How many events of a range are read at a time.
    private static let replayPage = 1000

    /// How often followers are told that they are still connected.
    private static let tick: Duration = .seconds(15)

    /// Reads events, attempts and errors.
    public let reader: EventReader
    /// Tells those who follow a user's events that there are new ones.
    public let followers = EventFollowers()
    private let journal: EventJournal
    private let engine: DeliveryEngine
    private let group: MultiThreadedEventLoopGroup
    private let settings: WebhookSettings
    private let logger: Logger
    private let outcomes: OutcomeWaiters
    private let readingQueue = DispatchQueue(label: "events.reader")
    private let marking: Task<Void, Never>
    private let ticking: Task<Void, Never>

    /// Begins to deliver, first of all what an earlier process left behind: events that were not delivered, and a hangup
    /// for every call that was cut off. `build` is named in `User-Agent`.
    ///
    /// Throws `StoreError`, or `ConfigurationError` where the signing key or the authorities are not usable.
    public init(_ store: SQLiteStore, settings: WebhookSettings, build: String, logger: Logger) async throws {
        var sending = CallbackSender.Settings(build: build)
        sending.allowsPrivateAddresses = settings.allowPrivateAddresses
        sending.documentsByPost = settings.documentsByPost
        sending.signature = try settings.signature()
        sending.authorities = try settings.trustedCertificates()
        self.settings = settings
        self.logger = logger
        let reader = EventReader(store)
        let outcomes = OutcomeWaiters()
        self.reader = reader
        self.outcomes = outcomes
        let marks = try store.eventMarks()
        let cutOff = try CutOffCall.found(by: reader, after: marks.started)
        let link = EngineLink()
        journal = try EventJournal(store, settings: settings.journal) { [followers] events in
            link.engine?.take(events)
            followers.notify(events)
        } notify: { notice in
            notice.log(to: logger)
        }
        let journal = journal
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        engine = DeliveryEngine(
            policy: RetryPolicy(retries: settings.retries), sender: CallbackSender(sending, on: loop), loop: loop,
            handlers: DeliveryEngine.Handlers {
                journal.append($0)
            } settled: { kept, result in
                if !result.isTaken {
                    let event = kept.event
                    journal.append(event.error(result))
                    logger.warning(
                        "an event could not be delivered",
                        metadata: [
                            "event": "\(event.id)", "type": "\(event.type)", "subject": "\(event.subject)",
                            "reason": "\(result.error ?? "unknown")",
                        ])
                }
                outcomes.settle(kept, result)
            } read: {
                try reader.event($0)
            } forgotten: {
                outcomes.forget($0)
            })
        let engine = engine
        do {
            try Self.resume(engine, reader, marks, logger)
            link.engine = engine
            for call in cutOff { _ = journal.append(call.hangup(at: .now)) }
            if !cutOff.isEmpty { await journal.flushed() }
            // Only now: where the start fails before it, the next one finds the calls that were cut off again.
            try store.beginEvents()
        } catch {
            await Self.close(journal, engine, group)
            throw error
        }
        ticking = Task { [followers] in
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.tick)
                followers.tick()
            }
        }
        marking = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.markInterval)
                journal.settle(before: engine.settledBefore)
            }
        }
    }

    private static func resume(
        _ engine: DeliveryEngine, _ reader: EventReader, _ marks: EventMarks, _ logger: Logger
    ) throws {
        let page = 10_000
        var next = marks.settled
        var count = 0
        while true {
            let events = try reader.undelivered(from: next, limit: page)
            engine.resume(events, newest: marks.newest)
            count += events.count
            guard events.count == page, let last = events.last else { break }
            next = last.event.sequence + 1
        }
        if count > 0 {
            logger.notice("events of an earlier run are delivered now", metadata: ["count": "\(count)"])
        }
    }

    // MARK: Telling

    /// The stream of a call.
    public func stream(call route: CallRoute) -> EventStream { EventStream(call: route, sink: self) }

    /// The stream of a conference.
    public func stream(conference route: CallRoute) -> EventStream { EventStream(conference: route, sink: self) }

    /// The stream of a call that an earlier process has told events of.
    public func stream(resuming route: CallRoute) throws -> EventStream {
        let told = try reader.events(of: route.user, subject: route.subject)
            .compactMap { CallEventType(rawValue: $0.type) }
        return EventStream(resuming: route, told: told, sink: self)
    }

    public func take(_ event: CallEvent, _ route: CallRoute, outcome: (@Sendable (CallbackOutcome) -> Void)?) {
        let timeout = route.timeout ?? settings.timeout
        let target = StoredEvent.Target(
            url: route.url, fallbackURL: route.fallbackURL, isGet: route.method == .get,
            timeoutMilliseconds: Int(timeout.nanoseconds / 1_000_000))
        let stored = StoredEvent(event, user: route.user, subject: route.subject, target: target)
        if let outcome, route.url != nil { outcomes.wait(for: event.id, outcome) }
        guard journal.append(stored) != nil else {
            logger.error(
                "an event is lost, for too many wait to be written", metadata: ["event": "\(event.id)"])
            let reason = "too many events wait to be written"
            if route.url == nil {
                outcome?(.undeliverable(reason))
            } else {
                outcomes.settle(KeptEvent(stored), .failed(reason))
            }
            return
        }
        if route.url == nil { outcome?(.kept) }
    }

    /// Writes down an error of a request, to be shown to the user.
    public func record(_ error: StoredUserError) { journal.append(error) }

    /// Writes down that a call for a number of a user was refused, as the number has no application.
    public func record(idleNumber called: String, of user: String, calledBy caller: String) {
        var error = StoredUserError(
            user: user, milliseconds: UTCTime.nowMilliseconds, category: "unavailable",
            code: "no-application-for-number",
            message: "The call of \(caller) was refused, for the number \(called) has no application")
        error.details = StoredUserError.details([("from", caller), ("to", called)])
        record(error)
    }

    // MARK: Afterwards

    /// Asks the store on a thread that may wait.
    public func read<Found: Sendable>(
        _ question: @escaping @Sendable (EventReader) throws -> Found
    ) async throws -> Found {
        try await withCheckedThrowingContinuation { continuation in
            readingQueue.async { [reader] in continuation.resume(with: Result { try question(reader) }) }
        }
    }

    /// The cursor behind which only new events come.
    public var newestCursor: Int64 { journal.newest }

    /// A callback URL without its credentials, as people may see it.
    public static func shown(_ url: String) -> String { CallbackURL.shown(url) }

    /// Delivers events of a user once more, in their order; those that are being delivered anyway are passed over. Gives
    /// how many are delivered.
    public func replay(_ events: [StoredEvent], of user: String) async throws -> Int {
        // The numbers of attempts that are not yet written down must not be given twice.
        await journal.flushed()
        let attempts = try await read { try $0.attemptCounts(of: events.map(\.sequence)) }
        return engine.repeatDelivery(Array(zip(events, attempts)), line: "replay \(user)")
    }

    /// Delivers the events of a user behind `after`, up to `last` and to the newest there is, once more, as `replay(_:of:)`
    /// does. Gives how many there are, and how many of them are delivered.
    public func replay(
        of user: String, after: Int64, upTo last: Int64
    ) async throws -> (events: Int, queued: Int) {
        let last = min(last, newestCursor)
        var (next, events, queued) = (after, 0, 0)
        while next < last {
            let start = next
            let page = try await read { try $0.events(of: user, after: start, upTo: last, limit: Self.replayPage) }
            guard let end = page.last else { break }
            events += page.count
            queued += try await replay(page, of: user)
            next = end.sequence
        }
        return (events, queued)
    }

    /// How many attempts are under way, and how many calls and conferences have events that wait.
    public var counts: (attempts: Int, lines: Int) { engine.counts }

    /// Figures about deliveries since the start.
    public var statistics: DeliveryStatistics { engine.statistics }

    public func flushed() async { await journal.flushed() }

    /// Waits a little for what is under way, and ends; what is left is delivered after the next start.
    public func stop() async {
        marking.cancel()
        ticking.cancel()
        await followers.stop()
        // What was told last is delivered, too.
        await journal.flushed()
        await engine.rested(within: Self.stopPatience)
        await engine.stop()
        outcomes.stop()
        journal.settle(before: engine.settledBefore)
        await Self.close(journal, nil, group)
    }

    /// Ends what is open: the engine, unless it was stopped before, and when everything is written the journal.
    private static func close(
        _ journal: EventJournal, _ engine: DeliveryEngine?, _ group: MultiThreadedEventLoopGroup
    ) async {
        await engine?.stop()
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                journal.finish(within: .seconds(5))
                continuation.resume()
            }
        }
        try? await group.shutdownGracefully()
    }
}

/// Ties the journal, which is made first, to the engine.
private final class EngineLink: Sendable {
    private let held = Mutex<DeliveryEngine?>(nil)

    var engine: DeliveryEngine? {
        get { held.withLock { $0 } }
        set { held.withLock { $0 = newValue } }
    }
}

extension StoredEvent {
    /// What the user is shown where nobody took the event.
    fileprivate func error(_ result: AttemptResult) -> StoredUserError {
        let reason = result.error ?? "unknown"
        let url = target.url.map(CallbackURL.shown) ?? ""
        var error = StoredUserError(
            user: user, milliseconds: UTCTime.nowMilliseconds, category: "unavailable", code: "no-callback-for-call",
            message: "The event \(type) of \(subject) could not be delivered to \(url): \(reason)")
        error.details = StoredUserError.details([
            ("eventId", id), ("eventType", type), ("callId", subject), ("callbackUrl", url),
            ("fallbackUrl", target.fallbackURL.map(CallbackURL.shown) ?? ""), ("reason", reason),
        ])
        return error
    }
}

extension StoredUserError {
    /// Names and values as the JSON array that is kept.
    public static func details(_ pairs: [(name: String, value: String)]) -> String {
        let objects = pairs.filter { !$0.value.isEmpty }.map { pair in
            EventSchema.text(of: [EventMember("name", .string(pair.name)), EventMember("value", .string(pair.value))])
        }
        return "[" + objects.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ",") + "]"
    }
}
