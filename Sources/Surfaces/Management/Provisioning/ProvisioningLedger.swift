import ConfigurationFiles
import Dispatch
import Logging
import PacketLoop
import Routing
import SQLiteStore
import SwitchRuntime
import Synchronization
import Timeline

/// What is provisioned in a running switch, and the one way to change it: checked by the compiler of the tables that
/// calls read, stored in one transaction, and in force when the change returns.
///
/// Changes happen one after another on a queue of their own. What comes, and what changes but for customers, costs about
/// the same however many accounts and routes there are; so does what goes of accounts, rules, routes, numbers and vendors.
/// Changed customers, and connections, destination sets and routing groups that go, have everything compiled anew.
public final class ProvisioningLedger: Sendable {
    private struct State {
        var model: ProvisioningModel
        var tables: RoutingTables
        var changeCount: Int
        var configuration: Configuration
        /// Grows with every publication, so that an alarm knows whether it is still wanted.
        var generation = 0
    }

    /// How often a change is tried that another process forestalls.
    private static let attempts = 3
    /// Most objects of a list that are looked at in one go.
    private static let objectsPerTurn = 500

    let store: SQLiteStore
    let reader: RecordReader
    private let queue = DispatchQueue(label: "provisioning")
    private let state: Mutex<State>
    private let readingQueue = DispatchQueue(label: "records.reader")
    let service: SwitchService
    /// The compiled-in applications that there are.
    let builtins: Set<String>
    private let logger: Logger

    /// Takes over what `store` holds, which is in force already as `tables`.
    init(
        _ store: SQLiteStore, _ initial: ProvisioningState, tables: RoutingTables, builtins: Set<String>,
        configuration: Configuration, service: SwitchService, logger: Logger
    ) {
        self.store = store
        self.builtins = builtins
        self.logger = logger
        reader = RecordReader(store)
        state = Mutex(
            State(
                model: ProvisioningModel(initial), tables: tables, changeCount: initial.changeCount,
                configuration: configuration))
        self.service = service
        queue.async { [self] in state.withLock { watchDates(&$0) } }
    }

    /// The wall clock in milliseconds since 1970-01-01 00:00 UTC.
    public static var wallClock: Int64 { MonotonicClock.now.milliseconds }

    // MARK: Whole states

    /// Puts another configuration in force, and what `update` says.
    func adopt(_ configuration: Configuration, applying update: ProvisioningUpdate) async throws -> ProvisioningChanges
    {
        let changes = try await perform { [self] state in
            let changes = try update.apply(to: store)
            state.configuration = configuration
            try reload(&state)
            return changes
        }
        await service.settled()
        return changes
    }

    /// Puts in force what another process has written into the store.
    func reload() async throws {
        try await perform { [self] state in try reload(&state) }
        await service.settled()
    }

    private func reload(_ state: inout State) throws {
        let stored = try store.state()
        state.tables = try RoutingTables(compiling: stored.provisioning, at: Self.wallClock, builtins: builtins)
        state.model = ProvisioningModel(stored)
        state.changeCount = stored.changeCount
        publishAll(&state)
    }

    private func publishAll(_ state: inout State) {
        service.adopt(state.configuration.snapshot(state.tables))
        watchDates(&state)
    }

    /// Compiles anew when the next date comes that something provisioned has.
    private func watchDates(_ state: inout State) {
        state.generation += 1
        guard let date = state.tables.nextChange else { return }
        let wait = min(max(date - Self.wallClock, 0), 86_400_000)
        queue.asyncAfter(deadline: .now() + .milliseconds(Int(wait) + 1)) {
            [weak self, generation = state.generation] in
            self?.datesCame(generation)
        }
    }

    private func datesCame(_ generation: Int) {
        state.withLock { state in
            guard state.generation == generation else { return }
            do {
                state.tables = try RoutingTables(
                    compiling: state.model.provisioning, at: Self.wallClock, builtins: builtins)
            } catch {
                logger.error("dates of the provisioning cannot be followed", metadata: ["reason": "\(error)"])
            }
            publishAll(&state)
        }
    }

    // MARK: Reading and changing

    /// Looks at what is provisioned.
    func read<Answer: Sendable>(
        in scope: AccessScope, _ look: @escaping @Sendable (ProvisioningDraft) throws -> Answer
    ) async throws -> Answer {
        try await perform { [self] state in
            var draft = draft(&state, scope)
            defer { draft.giveBack(to: &state.model) }
            return try look(draft)
        }
    }

    /// Looks at many objects, some at a time, so that changes come in between: `find` names them, `look` gives those that
    /// are still there.
    func list<Key: Sendable, Object: Sendable>(
        in scope: AccessScope, _ find: @escaping @Sendable (ProvisioningDraft) throws -> [Key],
        _ look: @escaping @Sendable (ProvisioningDraft, ArraySlice<Key>) throws -> [Object]
    ) async throws -> [Object] {
        let keys = try await read(in: scope, find)
        var objects: [Object] = []
        objects.reserveCapacity(keys.count)
        for start in stride(from: 0, to: keys.count, by: Self.objectsPerTurn) {
            let turn = keys[start..<min(start + Self.objectsPerTurn, keys.count)]
            objects += try await read(in: scope) { try look($0, turn) }
        }
        return objects
    }

    /// Changes what is provisioned; what `body` throws, and every refusal, leaves it as it was. When this returns the next
    /// call sees the change.
    func change<Answer: Sendable>(
        in scope: AccessScope, _ body: @escaping @Sendable (inout ProvisioningDraft) throws -> Answer
    ) async throws -> Answer {
        let answer = try await perform { [self] state in
            for _ in 0..<Self.attempts {
                if let answer = try attempt(&state, scope, body) { return answer }
                try reload(&state)
            }
            throw ManagementError(.unavailable, message: "Another process is changing the provisioning; try again")
        }
        await service.settled()
        return answer
    }

    private func draft(_ state: inout State, _ scope: AccessScope) -> ProvisioningDraft {
        ProvisioningDraft(taking: &state.model, tables: state.tables, scope: scope, now: Self.wallClock, store: store)
    }

    /// Nil where another process has changed the store since it was read.
    private func attempt<Answer>(
        _ state: inout State, _ scope: AccessScope, _ body: (inout ProvisioningDraft) throws -> Answer
    ) throws -> Answer? {
        var draft = draft(&state, scope)
        defer { draft.giveBack(to: &state.model) }
        do {
            let answer = try body(&draft)
            guard !draft.commit.edits.isEmpty || !draft.commit.attributes.isEmpty else { return answer }
            let successor = try state.tables.applying(draft.commit.edits, at: draft.now)
            let tables =
                try successor
                ?? RoutingTables(
                    compiling: draft.model.provisioning, at: draft.now, builtins: builtins)
            guard let count = try store.commit(draft.commit, after: state.changeCount) else {
                draft.rollBack()
                return nil
            }
            state.changeCount = count
            state.tables = tables
            if successor != nil && !draft.commit.concernsConnections {
                service.adopt(tables, accounts: draft.commit.accounts)
                watchDates(&state)
            } else {
                publishAll(&state)
            }
            return answer
        } catch {
            draft.rollBack()
            throw ManagementError.refusing(error)
        }
    }

    /// Runs `work` beside the changes, one at a time.
    func reading<Answer: Sendable>(_ work: @escaping @Sendable () throws -> Answer) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            readingQueue.async { continuation.resume(with: Result { try work() }) }
        }
    }

    /// Runs `work` on the queue, which nothing else waits for.
    private func perform<Answer: Sendable>(
        _ work: @escaping @Sendable (inout State) throws -> Answer
    ) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [self] in
                continuation.resume(with: state.withLock { state in Result { try work(&state) } })
            }
        }
    }
}

extension ProvisioningCommit {
    /// The accounts that change.
    fileprivate var accounts: [Int] {
        edits.compactMap { edit in
            guard case .account(let step) = edit else { return nil }
            return step.after?.id ?? step.before?.id
        }
    }

    /// Whether ways to connections must be found anew.
    fileprivate var concernsConnections: Bool {
        edits.contains { if case .connection = $0 { true } else { false } }
    }
}
