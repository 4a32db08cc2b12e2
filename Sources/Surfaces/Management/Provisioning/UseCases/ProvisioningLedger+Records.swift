import Accounting
import Routing
import SQLiteStore

/// Call detail records, read beside the writer.
extension ProvisioningLedger {
    /// The records that fit, of calls of the customer that asks and of those below it; `query.customers` is set here.
    /// Throws `wrongReference` for an account or a customer that is named and out of scope.
    public func records(
        _ query: RecordQuery, ofCustomer customer: Int? = nil, in scope: AccessScope
    ) async throws -> [CallDetailRecord] {
        let customers: Set<Int>? = try await read(in: scope) { draft in
            if let account = query.account { _ = try draft.account(account) }
            let top = try draft.customer(customer ?? scope.customer).id
            return top == Customer.root.id ? nil : draft.model.subtree(of: top)
        }
        var query = query
        query.customers = customers
        do {
            return try await reading { [reader, query] in try reader.records(query) }
        } catch let error as StoreError {
            throw ManagementError(.unavailable, message: "The store cannot be read: \(error.reason)")
        }
    }
}
