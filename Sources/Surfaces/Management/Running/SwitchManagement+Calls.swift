import Accounting
import Routing
import SwitchEngine
import SwitchRuntime

/// What is asked about calls and done to them. Nothing here waits for anything but the shard.
extension SwitchManagement {
    /// The calls that `filter` lets through and `scope` may see; ids that are foreign or unknown let none through.
    public nonisolated func calls(_ filter: CallFilter = CallFilter(), in scope: AccessScope) async -> [CallListing] {
        var calls: [CallListing] = []
        for await page in callPages(filter, in: scope) { calls += page }
        return calls
    }

    /// How many calls these are.
    public nonisolated func callCount(_ filter: CallFilter = CallFilter(), in scope: AccessScope) async -> Int {
        await service.callCount(filter.selection(in: scope))
    }

    /// The same calls in pages, which are made while they are asked for; none is empty.
    public nonisolated func callPages(
        _ filter: CallFilter = CallFilter(), in scope: AccessScope
    ) -> AsyncMapSequence<CallPages, [CallListing]> {
        service.callPages(filter.selection(in: scope), in: CallOrder(filter.order)).map { $0.map(CallListing.init) }
    }

    /// The call with this ID; nil when there is none that `scope` may see.
    public nonisolated func call(_ id: UInt64, in scope: AccessScope) async -> CallListing? {
        await service.call(id, within: scope.reach(recursive: true)).map(CallListing.init)
    }

    /// Begins to end the call with this ID; false when there is none that `scope` may see, or it is dead.
    public nonisolated func disconnect(_ id: UInt64, in scope: AccessScope) async -> Bool {
        let isFound = await service.disconnect(id, within: scope.reach(recursive: true), by: .api)
        if isFound {
            logger.info("call disconnected", metadata: ["call": "\(id)", "asked_by": "\(scope.customer)"])
        }
        return isFound
    }

    /// Ends every call of an account, at most 5,000 a second; how many calls this ended. Throws `wrongReference` for an
    /// account that does not exist or is not below `scope`.
    public nonisolated func disconnectAccount(
        _ account: Int, in scope: AccessScope
    ) async throws(ManagementError) -> Int {
        guard await service.tables(satisfy: { scope.contains(account: account, in: $0) }) else {
            throw .wrongReference("i_account")
        }
        var selection = CallSelection(.live, within: scope.reach(recursive: true))
        selection.account = account
        let count = await service.disconnectAll(selection, by: .api, pace: .operators)
        logger.info(
            "account disconnected",
            metadata: ["account": "\(account)", "calls": "\(count)", "asked_by": "\(scope.customer)"])
        return count
    }

    /// Ends every call of a customer and of those below it, at most 5,000 a second; how many calls this ended. Throws
    /// `wrongReference` for a customer that does not exist or is not below `scope`; only root may name itself.
    public nonisolated func disconnectCustomer(
        _ customer: Int, in scope: AccessScope
    ) async throws(ManagementError) -> Int {
        guard scope.isRoot || customer != scope.customer,
            await service.tables(satisfy: { scope.contains(customer: customer, in: $0) })
        else { throw .wrongReference("i_customer") }
        let reach = AccessScope(customer: customer).reach(recursive: true)
        let count = await service.disconnectAll(CallSelection(.live, within: reach), by: .api, pace: .operators)
        logger.info(
            "customer disconnected",
            metadata: ["customer": "\(customer)", "calls": "\(count)", "asked_by": "\(scope.customer)"])
        return count
    }

    /// How many calls the accounts directly under `customer` have; accounts without calls are absent. Costs as much as
    /// there are accounts with calls, however many calls there are. Throws `wrongReference` for a customer that does not
    /// exist or is neither `scope` nor below it.
    public nonisolated func accountCallStatistics(
        of customer: Int, in scope: AccessScope
    ) async throws(ManagementError) -> [AccountCallStatistics] {
        guard await service.tables(satisfy: { scope.contains(customer: customer, in: $0) }) else {
            throw .wrongReference("i_customer")
        }
        return await service.accountStatistics(of: customer)
    }
}
