import Management
import Routing
import SQLiteStore
import XMLRPCValues

extension ProvisioningMethodMaker {
    /// Customers (§4.3).
    var customers: [XMLRPCMethod] {
        [createCustomer, updateCustomer, customerInformation, customerList, deleteCustomer]
            + [blocking(customers: "blockCustomer", true), blocking(customers: "unblockCustomer", false)]
    }

    private func customerMethod(
        _ name: String, _ help: String,
        _ body: @escaping @Sendable (XMLRPCArguments, AccessScope) async throws -> [XMLRPCStruct.Member]
    ) -> XMLRPCMethod {
        method(name, help, owner: "i_wholesaler", body)
    }

    private var createCustomer: XMLRPCMethod {
        customerMethod(
            "createCustomer",
            "Makes a customer below the caller. Required: name, web_password, i_tariff (nil for its own). Result: i_customer."
        ) { [ledger] arguments, scope in
            try arguments.demand("name", "web_password", "i_tariff", allowsNull: ["i_tariff"])
            let made = try await ledger.createCustomer(in: scope) {
                try DocumentedFields.customer.fill(&$0, from: arguments)
            }
            return [.init("i_customer", .int(made.object.id))]
        }
    }

    private var updateCustomer: XMLRPCMethod {
        customerMethod(
            "updateCustomer", "Changes a customer. Required: i_customer; every member of createCustomer may be given."
        ) { [ledger] arguments, scope in
            let id = try arguments.requiredInteger("i_customer")
            try await ledger.updateCustomer(id, in: scope) { try DocumentedFields.customer.fill(&$0, from: arguments) }
            return [.init("i_customer", .int(id))]
        }
    }

    private var customerInformation: XMLRPCMethod {
        customerMethod(
            "getCustomerInfo",
            "Everything about a customer but its passwords, named by i_customer or name. Result: customer."
        ) { [ledger] arguments, scope in
            let customer: Provisioned<Customer>
            if let id = try arguments.integer("i_customer") {
                customer = try await ledger.customer(id, in: scope)
            } else if let name = try arguments.string("name") {
                customer = try await ledger.customer(named: name, in: scope)
            } else {
                throw XMLRPCFault.missing("i_customer")
            }
            var members: [XMLRPCStruct.Member] = [
                .init("i_customer", .int(customer.object.id)), .init("i_wholesaler", .optional(customer.object.parent)),
                .init("blocked", .int(customer.object.isBlocked ? 1 : 0)),
                .init("base_currency", Self.currency(customer)),
            ]
            members += DocumentedFields.customer.members(of: customer)
            return [.init("customer", .structure(XMLRPCStruct(members)))]
        }
    }

    private static func currency(_ customer: Provisioned<Customer>) -> XMLRPCValue {
        .string(customer.keptText("payment_currency") ?? "USD")
    }

    private var customerList: XMLRPCMethod {
        customerMethod(
            "listCustomers", "The customers below the caller. Optional: offset, limit. Result: customers."
        ) { [ledger] arguments, scope in
            let customers = try await ledger.customers(try arguments.page(), in: scope)
            let rows = customers.map { customer -> [XMLRPCStruct.Member] in
                let inverted = customer.keptNumber("balance") ?? 0
                return [
                    .init("i_customer", .int(customer.object.id)), .init("name", .string(customer.object.name)),
                    .init("web_login", .string(customer.object.webLogin ?? "")),
                    .init("description", .string(customer.keptText("description") ?? "")),
                    .init("balance", .double(inverted == 0 ? 0 : -inverted)),
                    .init("credit_limit", .double(customer.keptNumber("credit_limit") ?? 0)),
                    .init("base_currency", Self.currency(customer)),
                    .init("blocked", .int(customer.object.isBlocked ? 1 : 0)),
                    .init("i_wholesaler", .optional(customer.object.parent)),
                ]
            }
            return [Self.list("customers", rows)]
        }
    }

    private var deleteCustomer: XMLRPCMethod {
        customerMethod(
            "deleteCustomer", "Removes a customer that has neither accounts nor customers. Required: i_customer."
        ) { [ledger] arguments, scope in
            try await ledger.deleteCustomer(try arguments.requiredInteger("i_customer"), in: scope)
            return []
        }
    }

    private func blocking(customers name: String, _ isBlocked: Bool) -> XMLRPCMethod {
        customerMethod(
            name,
            "\(isBlocked ? "Refuses" : "Admits") new calls of a customer and those below it. Required: i_customer."
        ) { [ledger] arguments, scope in
            let id = try arguments.requiredInteger("i_customer")
            try await ledger.updateCustomer(id, in: scope) { $0.object.isBlocked = isBlocked }
            return []
        }
    }
}
