import Routing
import SwitchRuntime

/// A customer that may use the management interfaces by login and password.
public struct APIUser: Equatable, Sendable {
    /// Id of the customer.
    public let customer: Int
    /// Its API password.
    public let password: [UInt8]
}

/// Who may ask, by what is provisioned at this moment.
extension SwitchManagement {
    /// The customer whose web login this is; nil where there is none, or its API access is off, or it or a customer
    /// above is blocked.
    public nonisolated func apiUser(webLogin: String) async -> APIUser? {
        guard let tables = await service.tables(), let position = tables.customer(webLogin: webLogin),
            let password = tables.customers[position].apiPassword
        else { return nil }
        return APIUser(customer: tables.customers[position].id, password: password)
    }

    /// Whether the customer exists and is the scope's own or below it.
    public nonisolated func contains(customer: Int, in scope: AccessScope) async -> Bool {
        await service.tables(satisfy: { scope.contains(customer: customer, in: $0) })
    }

    /// What is provisioned for calls at this moment; nil when the switch has stopped.
    public nonisolated func tables() async -> RoutingTables? { await service.tables() }
}
