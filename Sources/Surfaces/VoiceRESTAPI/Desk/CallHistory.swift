import Foundation
import Logging
import SQLiteStore
import Synchronization
import Webhooks

/// Remembers calls and recordings in the store: written behind the calls' backs, a batch at a time, and read with what
/// is still on its way.
final class CallHistory: Sendable {
    /// Which calls are listed.
    struct Filter: Hashable, Sendable {
        var user: String
        var from: String?
        var to: String?
        var bridge: String?
        var conference: String?

        /// Whether the history of a bridge or a conference is wanted; it has no pages.
        var isOfGroup: Bool { bridge != nil || conference != nil }
    }

    private struct State {
        /// What is not written yet, by kind and id, so that a call is written once however often it has changed.
        var waiting: [String: StoredVoiceResource] = [:]
        var order: [String] = []
        var isScheduled = false
        /// Whether the store has just refused what was to be written.
        var isRefused = false
        var written = 0

        /// Lets a resource wait, in place of an earlier state of it, whose groups it keeps.
        mutating func add(_ resource: StoredVoiceResource) {
            let key = Self.key(resource)
            var kept = resource
            if let groups = waiting[key]?.groups {
                kept.groups = groups + resource.groups.filter { !groups.contains($0) }
            } else {
                order.append(key)
            }
            waiting[key] = kept
        }

        /// Lets wait again what could not be written, in front of what has come since; gives how many there was no room for.
        mutating func putBack(_ batch: [StoredVoiceResource]) -> Int {
            let later = order.compactMap { waiting[$0] }
            let all = batch + later
            waiting = [:]
            order = []
            let lost = max(0, all.count - CallHistory.mostWaiting)
            for resource in all.dropFirst(lost) { add(resource) }
            return lost
        }

        private static func key(_ resource: StoredVoiceResource) -> String {
            "\(resource.kind.rawValue) \(resource.id)"
        }
    }

    /// How long what is noted waits for others.
    private static let delay: DispatchTimeInterval = .milliseconds(50)
    /// How long what the store refused waits to be tried again, and the most that waits.
    private static let refusedDelay: DispatchTimeInterval = .seconds(1)
    private static let mostWaiting = 100_000
    /// Writes after which the oldest resources are looked for.
    private static let pruningInterval = 10_000
    /// Longest wait for the events of calls that are over to be durable.
    private static let eventPatience: Duration = .seconds(2)

    private let store: SQLiteStore
    private let sink: any EventSink
    private let logger: Logger
    private let queue = DispatchQueue(label: "martlet.voice.history")
    private let state = Mutex(State())
    /// Calls that an earlier process was cut off from, as it left them.
    let cutOff: [CallRecord]
    /// Recordings that it did not complete.
    let cutOffRecordings: [RecordingRecord]

    /// A history in `store` of calls whose events `sink` takes.
    init(_ store: SQLiteStore, sink: any EventSink, logger: Logger) {
        self.store = store
        self.sink = sink
        self.logger = logger
        let open = (try? store.voiceResourcesInProgress()) ?? []
        cutOff = open.compactMap { kind, body in kind == .call ? ResourceArchive.value(CallRecord.self, body) : nil }
        cutOffRecordings = open.compactMap { kind, body in
            kind == .recording ? ResourceArchive.value(RecordingRecord.self, body) : nil
        }
        close(open)
    }

    // MARK: Writing

    func note(_ record: CallRecord) {
        guard let body = ResourceArchive.text(record) else { return }
        var resource = StoredVoiceResource(
            kind: .call, id: record.id, user: record.user, created: record.startTime, isOver: record.endTime != nil,
            body: body)
        resource.origin = record.from
        resource.destination = record.to
        resource.groups = [record.bridge, record.conference].compactMap { $0 }
        note(resource)
    }

    func note(_ record: RecordingRecord) {
        guard let body = ResourceArchive.text(record) else { return }
        note(
            StoredVoiceResource(
                kind: .recording, id: record.id, user: record.user, created: record.startTime,
                isOver: record.state == .complete || record.state == .error, body: body))
    }

    /// Keeps resources of other kinds, and finds all.
    var archive: ResourceArchive {
        ResourceArchive(keep: note) { kind, id, user in
            await self.read({ (store) throws(StoreError) in try store.voiceResource(kind, id, of: user) }, else: nil)
        } bodies: { filter in
            await self.read({ (store) throws(StoreError) in try store.voiceResources(filter) }, else: [])
        }
    }

    private func note(_ resource: StoredVoiceResource) {
        let isFirst = state.withLock { state in
            state.add(resource)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if isFirst { writeAfter(Self.delay) }
    }

    private func writeAfter(_ delay: DispatchTimeInterval) {
        queue.asyncAfter(deadline: .now() + delay) { self.flush(evenIfRefused: true) }
    }

    /// Writes what waits; on the queue. Where the store has refused that just now, nothing is tried before its time.
    private func flush(evenIfRefused isDue: Bool = false) {
        let (batch, isPruning) = state.withLock { state -> ([StoredVoiceResource], Bool) in
            guard isDue || !state.isRefused else { return ([], false) }
            let batch = state.order.compactMap { state.waiting[$0] }
            state.waiting = [:]
            state.order = []
            state.isScheduled = false
            state.written += batch.count
            guard state.written >= Self.pruningInterval else { return (batch, false) }
            state.written = 0
            return (batch, true)
        }
        guard !batch.isEmpty else { return }
        if batch.contains(where: { $0.kind == .call && $0.isOver }) { awaitEvents() }
        do throws(StoreError) {
            try store.write(batch)
            state.withLock { $0.isRefused = false }
        } catch {
            refused(batch, error)
            return
        }
        do throws(StoreError) {
            if isPruning { try store.pruneVoiceResources() }
        } catch {
            logger.error("old calls cannot be forgotten", metadata: ["reason": "\(error)"])
        }
    }

    private func refused(_ batch: [StoredVoiceResource], _ error: StoreError) {
        let lost = state.withLock { state in
            state.isRefused = true
            state.isScheduled = true
            return state.putBack(batch)
        }
        logger.error(
            "the history of calls cannot be written", metadata: ["reason": "\(error)", "lost": "\(lost)"])
        writeAfter(Self.refusedDelay)
    }

    /// Waits until what was told is durable: a call is over in the store only after its hangup is there, for a start after a
    /// kill tells the hangups of those that are not over.
    private func awaitEvents() {
        let told = WakeSemaphore()
        Task { [sink] in
            await sink.flushed()
            told.signal()
        }
        if !told.wait(atMost: Self.eventPatience) {
            logger.warning("the events of calls are not durable yet")
        }
    }

    /// The calls that an earlier process was cut off from are over, once that has been told.
    func closeCutOff() {
        let now = CallServices.now.milliseconds
        for var record in cutOff {
            record.state = .completed
            record.endTime = now
            note(record)
        }
    }

    /// Rooms that a process that was killed left behind are over; calls are closed once their hangups are told, recordings
    /// by who has their files.
    private func close(_ open: [(kind: StoredVoiceResource.Kind, body: String)]) {
        let now = CallServices.now.milliseconds
        for (kind, body) in open {
            switch kind {
            case .call, .recording: break
            case .bridge:
                guard var record = ResourceArchive.value(BridgeRecord.self, body) else { continue }
                record.state = .completed
                record.completedTime = now
                archive.note(record, .bridge, record.id, of: record.user, created: record.createdTime, isOver: true)
            case .conference:
                guard var record = ResourceArchive.value(ConferenceRecord.self, body) else { continue }
                record.state = .completed
                record.completedTime = now
                for place in record.members.indices where record.members[place].state == .active {
                    record.members[place].state = .completed
                    record.members[place].removedTime = now
                }
                archive.note(record, .conference, record.id, of: record.user, created: record.createdTime, isOver: true)
            }
        }
    }

    /// Returns when everything that was noted before is in the store, unless that takes nothing at the moment.
    func settled() async {
        if !state.withLock({ $0.isRefused }) { await read({ _ in }, else: ()) }
    }

    /// Tries once more to write what waits, before the process ends.
    func finish() async {
        await withCheckedContinuation { continuation in
            queue.async { [self] in
                flush(evenIfRefused: true)
                continuation.resume()
            }
        }
    }

    // MARK: Reading

    /// Reads with everything that was noted before.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (SQLiteStore) throws(StoreError) -> Value, else missing: Value
    ) async -> Value {
        await withCheckedContinuation { continuation in
            queue.async { [self] in
                flush()
                do throws(StoreError) {
                    continuation.resume(returning: try body(store))
                } catch {
                    logger.error("the history of calls cannot be read", metadata: ["reason": "\(error)"])
                    continuation.resume(returning: missing)
                }
            }
        }
    }

    func call(_ id: String, of user: String) async -> CallRecord? {
        await archive.value(CallRecord.self, .call, id, of: user)
    }

    /// Calls by their start; one more than the page has, where there are more, and all where there is no page.
    func calls(_ filter: Filter, isAscending: Bool, page: PageRequest?) async -> [CallRecord] {
        var wanted = VoiceResourceFilter(.call, of: filter.user)
        wanted.origin = filter.from
        wanted.destination = filter.to
        wanted.group = filter.bridge ?? filter.conference
        wanted.isAscending = isAscending
        wanted.offset = page?.offset ?? 0
        wanted.limit = page.map { $0.size + 1 }
        return await archive.list(CallRecord.self, wanted)
    }

    func recording(_ id: String, of user: String) async -> RecordingRecord? {
        await archive.value(RecordingRecord.self, .recording, id, of: user)
    }

    func recordings(of user: String, _ page: PageRequest) async -> [RecordingRecord] {
        await archive.page(RecordingRecord.self, .recording, of: user, page)
    }

    /// The recordings with these ids, in their order.
    func recordings(_ ids: [String], of user: String) async -> [RecordingRecord] {
        var records: [RecordingRecord] = []
        for id in ids {
            if let record = await recording(id, of: user) { records.append(record) }
        }
        return records
    }
}
