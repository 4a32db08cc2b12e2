import Routing
import SQLiteStore

/// Customers, a tree: a customer sees itself and those below it, and makes new ones below itself.
extension ProvisioningLedger {
    /// Makes a customer below the one that asks.
    public func createCustomer(
        in scope: AccessScope, _ fill: @escaping Change<Customer>
    ) async throws -> Provisioned<Customer> {
        try await change(in: scope) { draft in
            let owner = try draft.customer(scope.customer, member: "i_wholesaler")
            try draft.demand(.add, \.customerPermissions, "customers")
            let made = try draft.create(in: .customers, { Customer(id: $0, parent: owner.id, name: "") }, fill)
            try draft.checkGroup(made.object.routingGroup)
            draft.add(made, .object(.customers, id: made.object.id)) { .customer($0) }
            return made
        }
    }

    /// Changes a customer. Of itself a customer other than root changes name, logins and kept fields only.
    @discardableResult
    public func updateCustomer(
        _ id: Int, in scope: AccessScope, _ change: @escaping Change<Customer>
    ) async throws -> Provisioned<Customer> {
        try await self.change(in: scope) { draft in
            let before = try draft.customer(id)
            if id != scope.customer { try draft.demand(.edit, \.customerPermissions, "customers") }
            let owner = AttributeOwner.object(.customers, id: id)
            let after = try draft.changed(before, owner, change)
            try draft.checkGroup(after.object.routingGroup, before: before.routingGroup)
            if id == scope.customer {
                guard scope.isRoot || after.object.withNames(of: before) == before else {
                    throw ManagementError.notPermitted("A customer may not change its own limits and rights")
                }
                guard !scope.isRoot || !after.object.isBlocked else {
                    throw ManagementError.notPermitted("Customer 1 cannot be blocked")
                }
            }
            draft.replace(before, by: after, owner) { .customer($0) }
            return after
        }
    }

    /// A customer.
    public func customer(_ id: Int, in scope: AccessScope) async throws -> Provisioned<Customer> {
        try await read(in: scope) { draft in
            let customer = try draft.customer(id)
            return Provisioned(customer, attributes: try draft.attributes(of: .object(.customers, id: id)))
        }
    }

    /// The first customer in scope with this name; throws `wrongReference` for `name`.
    public func customer(named name: String, in scope: AccessScope) async throws -> Provisioned<Customer> {
        try await read(in: scope) { draft in
            let visible = draft.model.subtree(of: scope.customer)
            guard let customer = draft.model.customers.all.first(where: { $0.name == name && visible.contains($0.id) })
            else { throw ManagementError.wrongReference("name") }
            return Provisioned(customer, attributes: try draft.attributes(of: .object(.customers, id: customer.id)))
        }
    }

    /// The customers below the one that asks, in the order of their ids.
    public func customers(
        _ page: ProvisioningPage = .all, in scope: AccessScope
    ) async throws -> [Provisioned<Customer>] {
        try await read(in: scope) { draft in
            let visible = draft.model.subtree(of: scope.customer)
            let ids = page.apply(
                to: draft.model.customers.ids.lazy.filter { $0 != scope.customer && visible.contains($0) })
            return try draft.provisioned(ids.compactMap { draft.model.customers[$0] }, in: .customers, id: \.id)
        }
    }

    /// Removes a customer below the one that asks, that has neither accounts nor customers.
    public func deleteCustomer(_ id: Int, in scope: AccessScope) async throws {
        try await change(in: scope) { draft in
            let customer = try draft.customer(id)
            try draft.demand(.delete, \.customerPermissions, "customers")
            guard id != scope.customer else { throw ManagementError.notPermitted("A customer cannot delete itself") }
            if draft.model.accountCount(of: id) > 0 { throw ManagementError.inUse("i_customer", "its accounts") }
            if draft.model.subtree(of: id).count > 1 { throw ManagementError.inUse("i_customer", "customers below it") }
            if let user = draft.model.users.first(where: { $0.customer == id }) {
                throw ManagementError.inUse("i_customer", "user \(user.id)")
            }
            draft.apply(.customer(.init(from: customer, to: nil)))
        }
    }

    /// The customer with this web login, whoever asks: for surfaces that authenticate.
    public func customer(webLogin: String) async -> Customer? {
        try? await read(in: .root) { draft in
            draft.model.customers.all.first { $0.webLogin == webLogin }
        }
    }
}

extension Customer {
    /// The customer with the names and secrets that `other` has.
    fileprivate func withNames(of other: Customer) -> Customer {
        var customer = self
        customer.name = other.name
        customer.webLogin = other.webLogin
        customer.apiPassword = other.apiPassword
        return customer
    }
}
