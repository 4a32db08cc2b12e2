import Routing
import SQLiteStore
import SwitchEngine
import SwitchRuntime

/// Accounts, which belong to customers: a customer sees and changes those of itself and of the customers below it.
extension ProvisioningLedger {
    /// Makes an account of the customer that asks. Under root it needs a routing group, its own or root's.
    public func createAccount(
        in scope: AccessScope, _ fill: @escaping Change<Account>
    ) async throws -> Provisioned<Account> {
        try await change(in: scope) { draft in
            let owner = try draft.customer(scope.customer)
            try draft.demand(.add, \.accountPermissions, "accounts")
            let made = try draft.create(in: .accounts, { Account(id: $0, customer: owner.id) }, fill)
            try draft.checkGroup(made.object.routingGroup)
            if scope.isRoot, made.object.routingGroup == nil, owner.routingGroup == nil {
                throw ManagementError(
                    .missing, message: "i_routing_group is mandatory for root customer")
            }
            draft.add(made, .object(.accounts, id: made.object.id)) { .account($0) }
            return made
        }
    }

    /// Changes an account.
    @discardableResult
    public func updateAccount(
        _ id: Int, in scope: AccessScope, _ change: @escaping Change<Account>
    ) async throws -> Provisioned<Account> {
        try await self.change(in: scope) { draft in
            let before = try draft.account(id)
            try draft.demand(.edit, \.accountPermissions, "accounts")
            let owner = AttributeOwner.object(.accounts, id: id)
            let after = try draft.changed(before, owner, change)
            try draft.checkGroup(after.object.routingGroup, before: before.routingGroup)
            draft.replace(before, by: after, owner) { .account($0) }
            return after
        }
    }

    /// An account.
    public func account(_ id: Int, in scope: AccessScope) async throws -> Provisioned<Account> {
        try await read(in: scope) { draft in
            let account = try draft.account(id)
            return Provisioned(account, attributes: try draft.attributes(of: .object(.accounts, id: id)))
        }
    }

    /// The account with this web login; throws `wrongReference` for `username`.
    public func account(username: String, in scope: AccessScope) async throws -> Provisioned<Account> {
        try await read(in: scope) { draft in
            guard let id = draft.model.accountsByUsername[username], let account = try? draft.account(id) else {
                throw ManagementError.wrongReference("username")
            }
            return Provisioned(account, attributes: try draft.attributes(of: .object(.accounts, id: id)))
        }
    }

    /// The accounts of the customer that asks and of those below it, in the order of their ids.
    public func accounts(
        _ page: ProvisioningPage = .all, in scope: AccessScope
    ) async throws -> [Provisioned<Account>] {
        try await list(in: scope) { draft in
            if scope.isRoot { return page.apply(to: draft.model.accounts.ids) }
            let customers = draft.model.subtree(of: scope.customer)
            return page.apply(
                to: draft.model.accounts.ids.lazy.filter { id in
                    draft.model.accounts[id].map { customers.contains($0.customer) } == true
                })
        } _: { draft, ids in
            try draft.provisioned(ids.compactMap { draft.model.accounts[$0] }, in: .accounts, id: \.id)
        }
    }

    /// Removes an account with its rules, takes its numbers back, and ends its calls. Refused where a user of the voice
    /// interface needs it.
    public func deleteAccount(_ id: Int, in scope: AccessScope) async throws {
        try await change(in: scope) { draft in
            let account = try draft.account(id)
            try draft.demand(.delete, \.accountPermissions, "accounts")
            if let user = draft.model.users.first(where: { $0.account == id }) {
                throw ManagementError.inUse("i_account", "user \(user.id)")
            }
            for did in draft.model.dids(of: id) {
                var free = did
                free.account = nil
                draft.apply(.did(.init(from: did, to: free)))
            }
            for rule in draft.model.rules(of: id) { draft.remove(rule) }
            draft.apply(.account(.init(from: account, to: nil)))
        }
        var selection = CallSelection(.live, within: .everything)
        selection.account = id
        _ = await service.disconnectAll(selection, by: .api, pace: .operators)
    }
}
