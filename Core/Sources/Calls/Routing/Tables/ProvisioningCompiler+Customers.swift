import Addresses

extension ProvisioningCompiler {
    /// Customers, each after the one above it: groups and blocks are inherited.
    mutating func compileCustomers() throws(ProvisioningError) {
        let records = provisioning.customers
        for (position, customer) in records.enumerated() {
            try Self.note(customer.id, at: position, in: &identifiers.customers, of: .customer)
        }
        var entries: [CustomerEntry?] = Array(repeating: nil, count: records.count)
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
        customers = entries.compactMap { $0 }
        try checkDepths()
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
        return try object.position(of: parent, in: identifiers.customers, key: "parent", "a customer")
    }

    private func entry(
        of customer: Customer, parent: Int?, above: CustomerEntry?
    ) throws(ProvisioningError) -> CustomerEntry {
        let object = object(customer)
        try object.checkText(customer.name, key: "name")
        try object.checkLimit(customer.maxSessions, key: "max_sessions")
        try object.checkLimit(customer.maxCallsPerSecond, key: "max_calls_per_second")
        if let login = customer.webLogin { try object.checkText(login, key: "web_login") }
        var group = above?.routingGroup
        if let own = customer.routingGroup {
            group = try object.position(of: own, in: identifiers.groups, key: "routing_group", "a routing group")
        }
        return CustomerEntry(
            id: customer.id, parent: parent, name: customer.name, maxSessions: customer.maxSessions,
            maxCallsPerSecond: customer.maxCallsPerSecond, routingGroup: group,
            isBlocked: customer.isBlocked || above?.isBlocked == true)
    }

    private func checkDepths() throws(ProvisioningError) {
        var logins: Set<String> = []
        for record in provisioning.customers {
            var depth = 1
            var position = identifiers.customers[record.id].flatMap { customers[$0].parent }
            while let current = position {
                depth += 1
                position = customers[current].parent
            }
            guard depth <= Self.maximumDepth else {
                throw object(record).refusal(
                    "parent", "\(record.parent ?? 0)", allowed: "at most \(Self.maximumDepth) levels under root")
            }
            if let login = record.webLogin, !logins.insert(login).inserted {
                throw object(record).refusal("web_login", login, allowed: "a login that no other customer has")
            }
        }
    }

    /// Accounts and the table of their digest users.
    mutating func compileAccounts() throws(ProvisioningError) {
        accounts.reserveCapacity(provisioning.accounts.count)
        identifiers.accounts.reserveCapacity(provisioning.accounts.count)
        for (position, account) in provisioning.accounts.enumerated() {
            try Self.note(account.id, at: position, in: &identifiers.accounts, of: .account)
            let object = ProvisionedObject(kind: .account, id: "\(account.id)")
            let customer = try object.position(
                of: account.customer, in: identifiers.customers, key: "customer", "a customer")
            try object.checkLimit(account.maxSessions, key: "max_sessions")
            try object.checkLimit(account.maxCallsPerSecond, key: "max_calls_per_second")
            try checkCredentials(of: account, at: position, object)
            if let longest = account.maxCreditTime, longest <= .zero {
                throw object.refusal("max_credit_time", "\(longest)", allowed: "a time above 0s, or null")
            }
            var group = customers[customer].routingGroup
            if let own = account.routingGroup {
                group = try object.position(of: own, in: identifiers.groups, key: "routing_group", "a routing group")
            }
            accounts.append(
                AccountEntry(
                    id: account.id, customer: customer, authname: Array((account.authname ?? "").utf8),
                    password: account.authname == nil ? nil : account.voipPassword.map { Array($0.utf8) },
                    maxSessions: account.maxSessions, maxCallsPerSecond: account.maxCallsPerSecond,
                    maxCreditTime: account.maxCreditTime, routingGroup: group,
                    cliTranslation: try translation(account.cliTranslation, object, key: "cli_translation"),
                    cldTranslation: try translation(account.cldTranslation, object, key: "cld_translation"),
                    media: account.media, isBlocked: account.isBlocked || customers[customer].isBlocked))
        }
    }

    private mutating func checkCredentials(
        of account: Account, at position: Int, _ object: ProvisionedObject
    ) throws(ProvisioningError) {
        if let authname = account.authname {
            try object.checkText(authname, key: "authname")
            guard authnames.insert(Array(authname.utf8), value: position) == nil else {
                throw object.refusal("authname", authname, allowed: "a name that no other account has")
            }
        }
        guard let password = account.voipPassword else { return }
        guard account.authname != nil, (1...256).contains(password.utf8.count) else {
            throw object.refusal(
                "voip_password", "(\(password.utf8.count) bytes)", allowed: "1 to 256 bytes, and an authname beside it")
        }
    }

    /// Rules by address, by ascending id so that the first of two equal ones wins.
    mutating func compileAuthenticationRules() throws(ProvisioningError) {
        var positions: [Int: Int] = [:]
        let rules = provisioning.authenticationRules
        for (position, rule) in rules.enumerated() {
            try Self.note(rule.id, at: position, in: &positions, of: .authenticationRule)
        }
        for rule in rules.sorted(by: { $0.id < $1.id }) {
            let object = ProvisionedObject(kind: .authenticationRule, id: "\(rule.id)")
            let account = try object.position(
                of: rule.account, in: identifiers.accounts, key: "account", "an account")
            guard let network = IPNetwork(rule.remoteIP) else {
                throw object.refusal(
                    "remote_ip", rule.remoteIP, allowed: "an address or a network, as 192.0.2.1 or 192.0.2.0/24")
            }
            try checkPattern(rule.cli, key: "cli", object)
            try checkPattern(rule.cld, key: "cld", object)
            addressRules.insert(
                network, cli: rule.cli, cld: rule.cld, account: AuthenticatedAccount(account: account, rule: rule.id))
        }
    }

    private func checkPattern(_ text: String?, key: String, _ object: ProvisionedObject) throws(ProvisioningError) {
        guard let text else { return }
        guard !text.isEmpty, text.utf8.count <= AddressRuleTable.maximumPatternLength,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !text.utf8.dropLast().contains(UInt8(ascii: "*"))
        else {
            throw object.refusal(
                key, text.debugDescription,
                allowed: "a number, or its beginning and *, of at most \(AddressRuleTable.maximumPatternLength) bytes")
        }
    }
}
