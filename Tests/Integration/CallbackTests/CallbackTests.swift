import Accounting
import Foundation
import Management
import SQLiteStore
import Testing

@Suite("Callbacks", .timeLimit(.minutes(5)))
struct CallbackTests {
    @Test("a callback is placed at once as the account, and leaves a record that names it")
    func immediate() async throws {
        let running = try await CallbackSwitch()
        let id = try await running.management.requestCallback(
            CallbackSwitch.order, as: .authname("alice"), due: nil, in: AccessScope(customer: 2))
        let status = try await running.status(id, .failed)
        #expect(status.step == .failed && !status.result.isEmpty)
        let record = try #require(status.records.first)
        #expect(record.origin == .callback && record.parties.account == 3 && record.parties.customer == 2)
        #expect(
            record.parties.callerNumberIn == Array("100".utf8) && record.parties.calledNumberIn == Array("200".utf8))
        #expect(record.attempts.map(\.party) == [.caller])
        #expect(status.explanation == record.sentence)
        await #expect(
            throws: ManagementError(.conflict, member: "i_callback_request", message: "The callback is over.")
        ) {
            try await running.management.cancelCallback(id, in: .root)
        }
        try await running.management.stop()
        running.remove()
    }

    @Test("a later callback waits, and is placed when its time comes")
    func scheduled() async throws {
        let running = try await CallbackSwitch()
        let management = running.management
        let later = try await management.requestCallback(
            CallbackSwitch.order, as: .id(3), due: .inSeconds(3600), in: .root)
        let due = Int64.inSeconds(1)
        let soon = try await management.requestCallback(CallbackSwitch.order, as: .id(3), due: due, in: .root)
        let placed = try await running.status(soon, .failed).records
        #expect(placed.count == 1 && placed.allSatisfy { $0.times.setupMilliseconds >= due })
        #expect(try await management.callbackStatus(later, in: .root).step == .scheduled)
        try await management.cancelCallback(later, in: AccessScope(customer: 2))
        let cancelled = try await management.callbackStatus(later, in: .root)
        #expect(cancelled.step == .cancelled && cancelled.result == "CANCELLED" && cancelled.records.isEmpty)
        try await management.stop()
        running.remove()
    }

    @Test("callbacks that wait survive a restart; one whose time is long past is given up")
    func restart() async throws {
        let first = try await CallbackSwitch()
        let later = try await first.management.requestCallback(
            CallbackSwitch.order, as: .id(3), due: .inSeconds(3600), in: .root)
        try await first.management.stop()
        let store = try SQLiteStore(.file("\(first.folder)/store.db"))
        func waiting(since seconds: Double) throws -> Int {
            let callback = StoredCallback(
                account: 3, first: "1", second: "2", dueMilliseconds: .inSeconds(-seconds), stage: .scheduled)
            return try #require(try store.insert(callback, waitingLimit: 10))
        }
        let due = try waiting(since: 60)
        let old = try waiting(since: 3600)

        let second = try await CallbackSwitch(after: first)
        #expect(try await second.status(due, .failed).records.count == 1)
        #expect(try await second.management.callbackStatus(later, in: .root).step == .scheduled)
        let missed = try await second.management.callbackStatus(old, in: .root)
        #expect(missed.step == .failed && missed.result == "REFUSED" && missed.explanation.contains("not running"))
        try await second.management.stop()
        second.remove()
    }

    @Test("nobody else's account, callback or number passes")
    func refusals() async throws {
        let running = try await CallbackSwitch()
        let management = running.management
        let foreign = AccessScope(customer: 5)
        func refusal(_ body: () async throws -> Void) async -> ManagementError? {
            do {
                try await body()
                return nil
            } catch {
                return error as? ManagementError
            }
        }
        func asked(_ order: CallbackOrder, as account: SwitchManagement.CallingAccount, in scope: AccessScope = .root)
            async -> ManagementError?
        {
            await refusal { _ = try await management.requestCallback(order, as: account, due: nil, in: scope) }
        }
        let order = CallbackSwitch.order
        #expect(await asked(order, as: .authname("alice"), in: foreign) == .wrongReference("authname"))
        #expect(await asked(order, as: .authname("nobody"), in: .root) == .wrongReference("authname"))
        #expect(await asked(order, as: .id(99), in: .root) == .wrongReference("i_account"))
        #expect(await asked(order, as: .authname("bob"))?.code == .notPermitted)
        #expect(await asked(CallbackOrder(first: "", second: "2"), as: .id(3)) == .missing("cld_first"))
        for number in ["1 2", "1\r\nVia: x", "ü", String(repeating: "1", count: 129)] {
            let error = await asked(CallbackOrder(first: "1", second: number), as: .id(3))
            #expect(error?.code == .invalidValue && error?.member == "cld_second")
        }
        for seconds in [0, -1, 31_536_001] {
            var limited = order
            limited.creditSeconds = seconds
            #expect(await asked(limited, as: .id(3))?.member == "credit_time")
        }
        let id = try await management.requestCallback(order, as: .id(3), due: .inSeconds(3600), in: .root)
        #expect(
            await refusal { try await management.cancelCallback(id, in: foreign) }
                == .wrongReference("i_callback_request"))
        #expect(await refusal { _ = try await management.callbackStatus(id, in: foreign) }?.code == .wrongReference)
        #expect(await refusal { try await management.cancelCallback(id + 1, in: .root) }?.code == .wrongReference)
        await management.drain()
        for _ in 0..<10_000 {
            if await asked(order, as: .id(3))?.code == .unavailable { break }
            await Task.yield()
        }
        #expect(await asked(order, as: .id(3))?.code == .unavailable)
        try await management.stop()
        running.remove()
    }

    @Test("a limit of the account leaves a refused call, and a placed call has a number at once")
    func limited() async throws {
        let running = try await CallbackSwitch(accountIsLimited: true)
        let id = try await running.management.requestCallback(CallbackSwitch.order, as: .id(3), due: nil, in: .root)
        #expect(try await running.status(id, .failed).records.first?.ending.status == 403)
        let number = try await running.management.placeCall(CallbackSwitch.order, as: .id(3), in: .root)
        #expect(await running.management.call(number, in: .root)?.state == "Dead")
        try await running.management.stop()
        running.remove()
    }

    @Test("only so many callbacks wait at once")
    func bounded() throws {
        let store = try SQLiteStore(.memory)
        let waiting = StoredCallback(
            account: 3, first: "1", second: "2", dueMilliseconds: .inSeconds(60), stage: .scheduled)
        #expect(try store.insert(waiting, waitingLimit: 2) == 1)
        #expect(try store.insert(waiting, waitingLimit: 2) == 2)
        #expect(try store.insert(waiting, waitingLimit: 2) == nil)
        var begun = waiting
        begun.stage = .started
        #expect(try store.insert(begun, waitingLimit: 2) == 3)
        #expect(try store.waitingCallbacks().map(\.id) == [1, 2])
    }
}
