import Addresses

extension ProvisioningCompiler {
    /// Adds an account, or puts it in the place of the one with its id, which `earlier` is.
    mutating func put(_ account: Account, over earlier: Account? = nil) throws(ProvisioningError) {
        try Self.checkRange(account.id, of: .account)
        let object = ProvisionedObject(kind: .account, id: "\(account.id)")
        let known = parts.identifiers.accounts[account.id]
        guard (known == nil) == (earlier == nil) else {
            throw object.refusal("id", "\(account.id)", allowed: "each id once in the list")
        }
        let position = known ?? parts.accounts.count
        if let earlier { forgetNames(of: earlier) }
        try noteNames(of: account, at: position, object)
        let entry = try entry(of: account, object)
        if known == nil {
            parts.accounts.append(entry)
            parts.identifiers.accounts[account.id] = position
        } else {
            parts.accounts[position] = entry
        }
    }

    /// Removes an account that no rule, number or user refers to any more. Its place is not used again.
    mutating func remove(_ account: Account) {
        forgetNames(of: account)
        parts.identifiers.accounts[account.id] = nil
        parts.unusedPlaces += 1
    }

    private mutating func entry(
        of account: Account, _ object: ProvisionedObject
    ) throws(ProvisioningError) -> AccountEntry {
        let customer = try object.position(
            of: account.customer, in: parts.identifiers.customers, key: "customer", "a customer")
        try object.checkLimit(account.maxSessions, key: "max_sessions")
        try object.checkLimit(account.maxCallsPerSecond, key: "max_calls_per_second")
        if let longest = account.maxCreditTime, longest <= .zero {
            throw object.refusal("max_credit_time", "\(longest)", allowed: "a time above 0s, or null")
        }
        let validity = Validity(expiration: account.expiration)
        note(validity)
        var group = parts.customers[customer].routingGroup
        if let own = account.routingGroup {
            group = try object.position(
                of: own, in: parts.identifiers.groups, key: "routing_group", "a routing group")
        }
        return AccountEntry(
            id: account.id, customer: customer, authname: Array((account.authname ?? "").utf8),
            password: account.authname == nil ? nil : account.voipPassword.map { Array($0.utf8) },
            maxSessions: account.maxSessions, maxCallsPerSecond: account.maxCallsPerSecond,
            maxCreditTime: account.maxCreditTime, routingGroup: group,
            cliTranslation: try translation(account.cliTranslation, object, key: "cli_translation"),
            cldTranslation: try translation(account.cldTranslation, object, key: "cld_translation"),
            media: account.media,
            isBlocked: account.isBlocked || parts.customers[customer].isBlocked || !validity.contains(now))
    }

    private mutating func noteNames(
        of account: Account, at position: Int, _ object: ProvisionedObject
    ) throws(ProvisioningError) {
        if let username = account.username {
            try object.checkText(username, key: "username")
            guard parts.usernames.insert(Array(username.utf8), value: position) == nil else {
                throw object.refusal("username", username, allowed: "a name that no other account has")
            }
        }
        if let authname = account.authname {
            try object.checkText(authname, key: "authname")
            guard parts.authnames.insert(Array(authname.utf8), value: position) == nil else {
                throw object.refusal("authname", authname, allowed: "a name that no other account has")
            }
        }
        guard let password = account.voipPassword else { return }
        guard account.authname != nil, (1...256).contains(password.utf8.count) else {
            throw object.refusal(
                "voip_password", "(\(password.utf8.count) bytes)", allowed: "1 to 256 bytes, and an authname beside it")
        }
    }

    private mutating func forgetNames(of account: Account) {
        if let username = account.username { parts.usernames.remove(Array(username.utf8)) }
        if let authname = account.authname { parts.authnames.remove(Array(authname.utf8)) }
    }

    /// Rules, by ascending id so that the first of two equal ones wins.
    mutating func compileAuthenticationRules(_ rules: [AuthenticationRule]) throws(ProvisioningError) {
        var positions: [Int: Int] = [:]
        for (position, rule) in rules.enumerated() {
            try Self.note(rule.id, at: position, in: &positions, of: .authenticationRule)
        }
        for rule in rules.sorted(by: { $0.id < $1.id }) { try put(rule) }
    }

    /// Adds a rule; where another has the same conditions that one stays.
    mutating func put(_ rule: AuthenticationRule) throws(ProvisioningError) {
        try Self.checkRange(rule.id, of: .authenticationRule)
        let object = ProvisionedObject(kind: .authenticationRule, id: "\(rule.id)")
        let account = try object.position(ofAccount: rule.account, in: parts.identifiers.accounts)
        try checkConditions(of: rule, object)
        let caller = AuthenticatedAccount(account: account, rule: rule.id, terms: try terms(of: rule, object))
        guard rule.protocolNumber == 1 else { return }
        let patterns = RulePatterns(rule)
        for network in rule.networks { parts.addressRules.insert(network, patterns, caller) }
    }

    /// Removes a rule.
    mutating func remove(_ rule: AuthenticationRule) {
        let patterns = RulePatterns(rule)
        for network in rule.networks { parts.addressRules.remove(network, patterns) }
    }

    private func checkConditions(
        of rule: AuthenticationRule, _ object: ProvisionedObject
    ) throws(ProvisioningError) {
        let conditions = [rule.remoteIP, rule.cli, rule.cld, rule.toDomain, rule.fromDomain]
        guard conditions.contains(where: { $0 != nil }) else {
            throw object.refusal("remote_ip", "null", allowed: "an address, or one of the other conditions beside it")
        }
        if let address = rule.remoteIP, IPNetwork(address) == nil {
            throw object.refusal(
                "remote_ip", address, allowed: "an address or a network, as 192.0.2.1 or 192.0.2.0/24")
        }
        guard (1...4).contains(rule.protocolNumber) else {
            throw object.refusal("protocol", "\(rule.protocolNumber)", allowed: "1 for SIP, or a number up to 4")
        }
        try checkPattern(rule.cli, key: "cli", object)
        try checkPattern(rule.cld, key: "cld", object)
        try checkDomain(rule.toDomain, key: "to_domain", object)
        try checkDomain(rule.fromDomain, key: "from_domain", object)
        try object.checkLimit(rule.maxSessions, key: "max_sessions")
        try object.checkLimit(rule.maxCallsPerSecond, key: "max_calls_per_second")
    }

    private mutating func terms(
        of rule: AuthenticationRule, _ object: ProvisionedObject
    ) throws(ProvisioningError) -> RuleTerms? {
        let cli = try translation(rule.cliTranslation, object, key: "cli_translation")
        let cld = try translation(rule.cldTranslation, object, key: "cld_translation")
        var group: Int?
        if let own = rule.routingGroup {
            group = try object.position(
                of: own, in: parts.identifiers.groups, key: "routing_group", "a routing group")
        }
        guard cli != nil || cld != nil || group != nil || rule.maxSessions >= 0 || rule.maxCallsPerSecond >= 0 else {
            return nil
        }
        return RuleTerms(
            cli: cli, cld: cld, routingGroup: group, maxSessions: rule.maxSessions,
            maxCallsPerSecond: rule.maxCallsPerSecond)
    }

    private func checkPattern(_ text: String?, key: String, _ object: ProvisionedObject) throws(ProvisioningError) {
        guard let text else { return }
        guard !text.isEmpty, text.utf8.count <= RulePattern.maximumLength,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !text.utf8.dropLast().contains(UInt8(ascii: "*"))
        else {
            throw object.refusal(
                key, text.debugDescription,
                allowed: "a number, or its beginning and *, of at most \(RulePattern.maximumLength) bytes")
        }
    }

    private func checkDomain(_ text: String?, key: String, _ object: ProvisionedObject) throws(ProvisioningError) {
        guard let text else { return }
        guard !text.isEmpty, text.utf8.count <= RulePattern.maximumLength,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "*") })
        else {
            throw object.refusal(
                key, text.debugDescription, allowed: "a host name of at most \(RulePattern.maximumLength) bytes")
        }
    }
}

extension AuthenticationRule {
    /// The networks that the rule's address stands for: one, or all of both families.
    var networks: [IPNetwork] {
        guard let remoteIP else {
            return [
                IPNetwork(IPAddress(v4: 0), prefixLength: 0), IPNetwork(IPAddress(high: 0, low: 0), prefixLength: 0),
            ]
        }
        return IPNetwork(remoteIP).map { [$0] } ?? []
    }
}
