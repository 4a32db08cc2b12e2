import Routing
import SwitchEngine

/// Who asks: a customer, who sees itself and what is below it. Root sees everything.
///
/// Scope is decided here and nowhere else; every use case takes one.
public struct AccessScope: Hashable, Sendable {
    /// Id of the customer that asks.
    public let customer: Int

    public init(customer: Int) { self.customer = customer }

    /// The operator of the switch: customer 1, the control socket, trusted parts of the switch itself.
    public static let root = AccessScope(customer: Customer.root.id)

    /// Whether everything may be seen.
    public var isRoot: Bool { self == .root }

    /// Whether `other` is this customer or one below it. No customer that is not provisioned is in any scope.
    public func contains(customer other: Int, in tables: RoutingTables) -> Bool {
        tables.customer(other, isWithin: customer)
    }

    /// Whether the account belongs to this customer or to one below it. No account that is not provisioned does.
    public func contains(account: Int, in tables: RoutingTables) -> Bool {
        guard let position = tables.account(id: account) else { return false }
        return contains(customer: tables.customers[tables.accounts[position].customer].id, in: tables)
    }

    /// Whose calls may be seen: for root also those whose customer is unknown or no longer provisioned.
    func reach(recursive: Bool) -> CallSelection.Reach {
        if !recursive { return .customer(customer) }
        return isRoot ? .everything : .subtree(of: customer)
    }
}
