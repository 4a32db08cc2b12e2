import Routing
import SQLiteStore
import SwitchEngine

/// Calls that the switch is asked to place.
extension SwitchManagement {
    /// What a call is to be placed as.
    public enum CallingAccount: Equatable, Sendable {
        case id(Int)
        /// The account's SIP digest user.
        case authname(String)

        /// The member of a request that names it.
        var member: String {
            switch self {
            case .id: "i_account"
            case .authname: "authname"
            }
        }

        fileprivate func position(in tables: RoutingTables) -> Int? {
            switch self {
            case .id(let id): tables.account(id: id)
            case .authname(let name): tables.account(authname: Array(name.utf8))
            }
        }
    }

    /// Calls the first party of `order` and then the second as the account, at once or at `due`, in milliseconds since
    /// 1970-01-01 00:00 UTC; gives the id of the request.
    ///
    /// Throws `wrongReference` for an account that `scope` does not see, `notPermitted` for a blocked one,
    /// `invalidValue` or `missing` for impossible numbers, `unavailable` when the switch takes no calls.
    public nonisolated func requestCallback(
        _ order: CallbackOrder, as account: CallingAccount, due: Int64?, in scope: AccessScope
    ) async throws(ManagementError) -> Int {
        try order.check(.twoWayCallback)
        return try await callbackDesk.take(order, account: try await usable(account, in: scope), due: due)
    }

    /// Calls off a callback in every phase. Throws `wrongReference` for a request that `scope` does not see, `conflict`
    /// for one that is over.
    public nonisolated func cancelCallback(_ id: Int, in scope: AccessScope) async throws(ManagementError) {
        _ = try await callback(id, in: scope)
        try await callbackDesk.cancel(id)
    }

    /// How far a callback is. Throws `wrongReference` for a request that `scope` does not see.
    public nonisolated func callbackStatus(
        _ id: Int, in scope: AccessScope
    ) async throws(ManagementError) -> CallbackStatus {
        try await callbackDesk.status(of: try await callback(id, in: scope).id)
    }

    /// Calls the first party of `order` and then the second, at once; gives the number of the call. Throws as
    /// `requestCallback`.
    public nonisolated func placeCall(
        _ order: CallbackOrder, as account: CallingAccount, in scope: AccessScope
    ) async throws(ManagementError) -> UInt64 {
        try order.check(.makeCall)
        var request = OriginationRequest(
            account: try await usable(account, in: scope), origin: .api,
            first: .init(number: Array(order.first.utf8), shown: order.firstShown.map { Array($0.utf8) }),
            second: .init(number: Array(order.second.utf8), shown: order.secondShown.map { Array($0.utf8) }))
        request.creditTime = order.creditSeconds.map { .seconds($0) }
        switch await service.originate(request) {
        case .started(let call, _):
            logger.info("call placed", metadata: ["call": "\(call)", "asked_by": "\(scope.customer)"])
            return call
        case .refused(let refusal): throw ManagementError(refusal)
        case nil: throw .draining
        }
    }

    /// The id of an account that `scope` sees and that may place calls.
    private nonisolated func usable(
        _ account: CallingAccount, in scope: AccessScope
    ) async throws(ManagementError) -> Int {
        let found = await service.read { tables -> (id: Int, isBlocked: Bool)? in
            guard let position = account.position(in: tables) else { return nil }
            let entry = tables.accounts[position]
            return scope.contains(account: entry.id, in: tables) ? (entry.id, entry.isBlocked) : nil
        }
        guard let found else { throw .draining }
        guard let (id, isBlocked) = found else { throw .wrongReference(account.member) }
        if isBlocked { throw .notPermitted("The account is blocked.") }
        return id
    }

    /// A request that `scope` sees: one of an account of its own, or for root any.
    private nonisolated func callback(
        _ id: Int, in scope: AccessScope
    ) async throws(ManagementError) -> StoredCallback {
        guard let callback = try await callbackDesk.find(id) else { throw .wrongReference("i_callback_request") }
        let account = callback.account
        if scope.isRoot { return callback }
        guard await service.tables(satisfy: { scope.contains(account: account, in: $0) }) else {
            throw .wrongReference("i_callback_request")
        }
        return callback
    }
}
