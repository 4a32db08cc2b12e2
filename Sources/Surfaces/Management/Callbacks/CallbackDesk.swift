import Accounting
import CallControl
import Logging
import PacketLoop
import SQLiteStore
import SwitchEngine
import SwitchRuntime
import Timeline

/// Takes requests to connect two parties, keeps them in the store until their time has come, and has the calls begun.
///
/// A request is written down as started before its call is begun: should the process be killed in between, nobody is
/// called twice.
actor CallbackDesk {
    /// Most requests that wait for their time.
    static let waitingLimit = 10_000
    /// How late a request may be begun after the switch was not running; a later one is given up.
    static let patience: Duration = .seconds(15 * 60)
    /// Longest sleep before the clock on the wall is looked at again.
    static let longestSleep: Duration = .seconds(20)
    /// Shortest time between two calls whose time has come together.
    static let spacing: Duration = .milliseconds(10)

    /// How often, and how long apart, the record of a call is looked for that has just ended.
    static let recordLooks = 20
    static let recordPause: Duration = .milliseconds(50)

    private let store: SQLiteStore
    private let service: SwitchService
    private let logger: Logger
    /// Requests that wait for their time, the next one last.
    private var waiting: [StoredCallback] = []
    private var clock: Task<Void, Never>?
    private var isOpen = false
    /// Requests that were cancelled while their call was being begun.
    private var cancelled: Set<Int> = []
    /// Requests whose call is being begun.
    private var beginning: Set<Int> = []

    init(store: SQLiteStore, service: SwitchService, logger: Logger) {
        self.store = store
        self.service = service
        self.logger = logger
    }

    /// Begins to heed the requests that the store has kept.
    func open() {
        isOpen = true
        do throws(StoreError) {
            waiting = try store.waitingCallbacks().reversed()
        } catch {
            logger.error("waiting callbacks cannot be read", metadata: ["reason": "\(error)"])
        }
        let earliest = Self.now - Self.patience.milliseconds
        while let next = waiting.last, next.dueMilliseconds < earliest {
            waiting.removeLast()
            finish(next, .refused, "its time passed while the switch was not running")
        }
        wind()
    }

    /// Begins no more calls; requests that wait are kept for the next process.
    func close() {
        isOpen = false
        clock?.cancel()
        clock = nil
    }

    // MARK: Requests

    /// Takes a request: its call is begun at once, or at `due`. Gives the request's id.
    func take(_ order: CallbackOrder, account: Int, due: Int64?) async throws(ManagementError) -> Int {
        guard isOpen else { throw .draining }
        let isLater = due.map { $0 > Self.now } ?? false
        var callback = StoredCallback(
            account: account, first: order.first, second: order.second, dueMilliseconds: due ?? Self.now,
            stage: isLater ? .scheduled : .started)
        callback.firstShown = order.firstShown
        callback.secondShown = order.secondShown
        callback.creditSeconds = order.creditSeconds
        callback.id = try insert(callback)
        if isLater {
            let place = waiting.firstIndex { $0.dueMilliseconds <= callback.dueMilliseconds } ?? waiting.count
            waiting.insert(callback, at: place)
            if place == waiting.count - 1 { wind() }
        } else if let refusal = await begin(callback) {
            throw refusal
        }
        return callback.id
    }

    private func insert(_ callback: StoredCallback) throws(ManagementError) -> Int {
        let id: Int?
        do throws(StoreError) {
            id = try store.insert(callback, waitingLimit: Self.waitingLimit)
        } catch {
            throw .storeFailed("\(error)")
        }
        guard let id else {
            throw ManagementError(
                .unavailable, message: "\(Self.waitingLimit) callbacks wait already; cancel some, or try later")
        }
        return id
    }

    /// Calls a request off: what waits is forgotten, what rings or talks is ended. Throws `conflict` when it is over.
    func cancel(_ id: Int) async throws(ManagementError) {
        if let place = waiting.firstIndex(where: { $0.id == id }) {
            finish(waiting.remove(at: place), .cancelled, "")
            return wind()
        }
        if beginning.contains(id) {
            cancelled.insert(id)
            return
        }
        if let record = try find(id)?.record, let call = await service.call(ofRecord: record),
            await service.disconnect(call.id, by: .api)
        {
            return
        }
        throw ManagementError(.conflict, member: "i_callback_request", message: "The callback is over.")
    }

    /// The request with this id.
    func find(_ id: Int) throws(ManagementError) -> StoredCallback? {
        do throws(StoreError) {
            return try store.callback(id)
        } catch {
            throw .storeFailed("\(error)")
        }
    }

    /// How far the request with this id is. It is read anew: its call may have been begun since somebody looked.
    func status(of id: Int) async throws(ManagementError) -> CallbackStatus {
        guard let callback = try find(id) else { throw .wrongReference("i_callback_request") }
        switch callback.stage {
        case .scheduled: return CallbackStatus(.scheduled)
        case .cancelled:
            return CallbackStatus(.cancelled, result: "CANCELLED", explanation: "The callback was cancelled.")
        case .refused: return CallbackStatus(.failed, result: "REFUSED", explanation: callback.reason)
        case .started: break
        }
        guard let record = callback.record else {
            if beginning.contains(callback.id) { return CallbackStatus(.callingFirst) }
            return .interrupted
        }
        let call = await service.call(ofRecord: record)
        if let call, call.state != .dead { return .live(call) }
        // A record is durable a moment after its call is dead.
        for _ in 0..<Self.recordLooks {
            if let written = try written(record) { return CallbackStatus(written) }
            if call == nil { return .interrupted }
            try? await Task.sleep(for: Self.recordPause)
        }
        return CallbackStatus(
            call?.duration == .zero ? .failed : .completed, explanation: "The record is not written yet.")
    }

    private func written(_ record: UInt64) throws(ManagementError) -> CallDetailRecord? {
        do throws(StoreError) {
            return try store.record(record)
        } catch {
            throw .storeFailed("\(error)")
        }
    }

    // MARK: Calls

    /// Begins the call of a request; gives why there is none.
    private func begin(_ callback: StoredCallback) async -> ManagementError? {
        var callback = callback
        beginning.insert(callback.id)
        defer {
            beginning.remove(callback.id)
            cancelled.remove(callback.id)
        }
        let outcome = await service.originate(OriginationRequest(callback))
        switch outcome {
        case .started(let call, let record):
            callback.record = record
            keep(callback)
            logger.info("callback begun", metadata: ["request": "\(callback.id)", "call": "\(call)"])
            if cancelled.contains(callback.id) { _ = await service.disconnect(call, by: .api) }
            return nil
        case .refused(let refusal):
            finish(callback, .refused, refusal.sentence)
            return ManagementError(refusal)
        case nil:
            finish(callback, .refused, OriginationRefusal.draining.sentence)
            return .draining
        }
    }

    private func finish(_ callback: StoredCallback, _ stage: StoredCallback.Stage, _ reason: String) {
        var callback = callback
        callback.stage = stage
        callback.reason = reason
        keep(callback)
        logger.info("callback \(stage.rawValue)", metadata: ["request": "\(callback.id)", "reason": "\(reason)"])
    }

    private func keep(_ callback: StoredCallback) {
        do throws(StoreError) {
            try store.update(callback)
        } catch {
            logger.error(
                "a callback cannot be kept", metadata: ["request": "\(callback.id)", "reason": "\(error)"])
        }
    }

    // MARK: Time

    private static var now: Int64 { MonotonicClock.now.milliseconds }

    /// Sets the clock to the next request.
    private func wind() {
        clock?.cancel()
        clock = nil
        guard isOpen, let next = waiting.last else { return }
        let wait = Duration.milliseconds(max(0, next.dueMilliseconds - Self.now))
        clock = Task { [weak self] in
            try? await Task.sleep(for: min(wait, Self.longestSleep))
            if !Task.isCancelled { await self?.tick() }
        }
    }

    /// Begins what is due, one call after the other.
    private func tick() async {
        while isOpen, var next = waiting.last, next.dueMilliseconds <= Self.now {
            waiting.removeLast()
            next.stage = .started
            keep(next)
            _ = await begin(next)
            try? await Task.sleep(for: Self.spacing)
        }
        wind()
    }
}

extension OriginationRequest {
    fileprivate init(_ callback: StoredCallback) {
        self.init(
            account: callback.account, origin: .callback,
            first: Party(number: Array(callback.first.utf8), shown: callback.firstShown.map { Array($0.utf8) }),
            second: Party(number: Array(callback.second.utf8), shown: callback.secondShown.map { Array($0.utf8) }))
        creditTime = callback.creditSeconds.map { .seconds($0) }
    }
}

extension CallbackStatus {
    /// The call is under way: what it was doing last, while it is being ended.
    fileprivate static func live(_ call: CallSnapshot) -> CallbackStatus {
        let calling = call.party == .caller ? Step.callingFirst : .callingSecond
        switch call.state {
        case .connected: return CallbackStatus(.connected)
        case .idle, .waitAuth, .waitRoute, .arComplete: return CallbackStatus(calling)
        case .disconnecting, .dead:
            let step = call.duration > .zero ? Step.connected : calling
            return CallbackStatus(step, explanation: "The call is being ended.")
        }
    }

    /// The process ended before the call had a record.
    fileprivate static var interrupted: CallbackStatus {
        CallbackStatus(.failed, result: "REFUSED", explanation: "The switch was stopped before the call was over.")
    }
}

extension OriginationRefusal {
    /// Why, for people.
    var sentence: String {
        switch self {
        case .draining: "the switch is about to stop and takes no new calls"
        case .unknownAccount: "the account does not exist any more"
        case .limitReached(let limit): "a limit is reached: \(limit.sentence)"
        }
    }
}

extension ManagementError {
    /// The switch did not begin a call.
    init(_ refusal: OriginationRefusal) {
        switch refusal {
        case .draining, .limitReached: self.init(.unavailable, message: "No call can be placed: \(refusal.sentence)")
        case .unknownAccount: self = .wrongReference("i_account")
        }
    }

    static let draining = ManagementError(OriginationRefusal.draining)

    /// The store could not be read or written.
    static func storeFailed(_ reason: String) -> ManagementError {
        ManagementError(.unavailable, message: "The store cannot be used: \(reason)")
    }
}
