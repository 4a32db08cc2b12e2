import Addresses

extension ProvisioningCompiler {
    /// Customers, each after the one above it: groups and blocks are inherited.
    mutating func compileCustomers(_ records: [Customer]) throws(ProvisioningError) {
        var entries: [CustomerEntry?] = Array(repeating: nil, count: records.count)
        for (position, customer) in records.enumerated() {
            try Self.note(customer.id, at: position, in: &parts.identifiers.customers, of: .customer)
        }
        for position in records.indices where entries[position] == nil {
            var path = [position]
            while let parent = try parent(of: records[path[path.count - 1]]), entries[parent] == nil {
                path.append(parent)
                guard path.count <= Self.maximumDepth else {
                    throw object(records[position]).refusal(
                        "parent", "\(records[position].parent ?? 0)",
                        allowed: "a customer not below this one, at most \(Self.maximumDepth) levels under root")
                }
            }
            for step in path.reversed() {
                let above = try parent(of: records[step])
                entries[step] = try entry(of: records[step], parent: above, above: above.flatMap { entries[$0] })
            }
        }
        parts.customers = entries.compactMap { $0 }
        for record in records { try checkPlace(of: record) }
    }

    /// Adds a customer that is new, below one that is known.
    mutating func append(_ customer: Customer) throws(ProvisioningError) {
        let position = parts.customers.count
        try Self.note(customer.id, at: position, in: &parts.identifiers.customers, of: .customer)
        let above = try parent(of: customer)
        let entry = try entry(of: customer, parent: above, above: above.map { parts.customers[$0] })
        parts.customers.append(entry)
        try checkPlace(of: customer)
    }

    private func object(_ customer: Customer) -> ProvisionedObject {
        ProvisionedObject(kind: .customer, id: "\(customer.id)")
    }

    private func parent(of customer: Customer) throws(ProvisioningError) -> Int? {
        let object = object(customer)
        guard let parent = customer.parent else {
            guard customer.id == Customer.root.id else {
                throw object.refusal("parent", "null", allowed: "the id of a customer; only customer 1 has none")
            }
            return nil
        }
        guard customer.id != Customer.root.id else {
            throw object.refusal("parent", "\(parent)", allowed: "null: customer 1 is root")
        }
        return try object.position(of: parent, in: parts.identifiers.customers, key: "parent", "a customer")
    }

    private func entry(
        of customer: Customer, parent: Int?, above: CustomerEntry?
    ) throws(ProvisioningError) -> CustomerEntry {
        let object = object(customer)
        try object.checkText(customer.name, key: "name")
        try object.checkLimit(customer.maxSessions, key: "max_sessions")
        try object.checkLimit(customer.maxCallsPerSecond, key: "max_calls_per_second")
        if let login = customer.webLogin { try object.checkText(login, key: "web_login") }
        if let depth = customer.maxDepth, depth < 0 {
            throw object.refusal("max_depth", "\(depth)", allowed: "a number from 0 on, or null")
        }
        let masks = [("accounts_mgmt", customer.accountPermissions), ("customers_mgmt", customer.customerPermissions)]
        for (key, mask) in masks {
            guard CustomerPermissions.all.isSuperset(of: mask) else {
                throw object.refusal(key, "\(mask.rawValue)", allowed: "a sum of 1 to add, 2 to edit and 4 to delete")
            }
        }
        var group = above?.routingGroup
        if let own = customer.routingGroup {
            group = try object.position(of: own, in: parts.identifiers.groups, key: "routing_group", "a routing group")
        }
        let isBlocked = customer.isBlocked || above?.isBlocked == true
        let password = customer.apiAccess && !isBlocked ? customer.apiPassword.map { Array($0.utf8) } : nil
        return CustomerEntry(
            id: customer.id, parent: parent, name: customer.name, maxSessions: customer.maxSessions,
            maxCallsPerSecond: customer.maxCallsPerSecond, routingGroup: group, isBlocked: isBlocked,
            maxDepth: customer.maxDepth, apiPassword: password?.isEmpty == false ? password : nil)
    }

    /// Depth and login, once every customer has its entry.
    private mutating func checkPlace(of customer: Customer) throws(ProvisioningError) {
        guard let own = parts.identifiers.customers[customer.id] else { return }
        var depth = 1
        var position = parts.customers[own].parent
        while let current = position {
            if let most = parts.customers[current].maxDepth, depth > most {
                throw object(customer).refusal(
                    "parent", "\(customer.parent ?? 0)",
                    allowed: "a place at most \(most) levels below customer \(parts.customers[current].id)")
            }
            depth += 1
            position = parts.customers[current].parent
        }
        guard depth <= Self.maximumDepth else {
            throw object(customer).refusal(
                "parent", "\(customer.parent ?? 0)", allowed: "at most \(Self.maximumDepth) levels under root")
        }
        guard let login = customer.webLogin else { return }
        guard parts.identifiers.webLogins.updateValue(own, forKey: login) == nil else {
            throw object(customer).refusal("web_login", login, allowed: "a login that no other customer has")
        }
    }
}
