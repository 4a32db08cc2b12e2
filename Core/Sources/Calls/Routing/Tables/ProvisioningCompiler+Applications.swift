extension ProvisioningCompiler {
    /// Users of the voice REST interface.
    mutating func compileUsers(_ users: [User]) throws(ProvisioningError) {
        parts.users = users
        for (position, user) in users.enumerated() {
            let object = ProvisionedObject(kind: .user, id: user.id)
            try object.checkText(user.id, key: "id")
            guard parts.identifiers.users.updateValue(position, forKey: user.id) == nil else {
                throw object.refusal("id", user.id, allowed: "each id once in the list")
            }
            let customer = try object.position(
                of: user.customer, in: parts.identifiers.customers, key: "customer", "a customer")
            let account = try object.position(ofAccount: user.account, in: parts.identifiers.accounts)
            var owner: Int? = parts.accounts[account].customer
            while let current = owner, current != customer { owner = parts.customers[current].parent }
            guard owner != nil else {
                throw object.refusal(
                    "account", "\(user.account)", allowed: "an account of customer \(user.customer) or of one below it")
            }
            try object.checkText(user.token, key: "token")
            guard parts.identifiers.tokens.updateValue(position, forKey: user.token) == nil else {
                throw object.refusal("token", user.token, allowed: "a token that no other user has")
            }
            guard !user.secret.isEmpty else { throw object.refusal("secret", "", allowed: "a text that is not empty") }
        }
    }

    /// Voice applications.
    mutating func compileApplications(
        _ applications: [Application], builtins: Set<String>
    ) throws(ProvisioningError) {
        parts.applications = applications
        for (position, application) in applications.enumerated() {
            let object = ProvisionedObject(kind: .application, id: application.id)
            try object.checkText(application.id, key: "id")
            try object.checkText(application.name, key: "name")
            guard parts.identifiers.applications.updateValue(position, forKey: application.id) == nil else {
                throw object.refusal("id", application.id, allowed: "each id once in the list")
            }
            if parts.identifiers.applicationNames[application.name] == nil {
                parts.identifiers.applicationNames[application.name] = position
            }
            if let user = application.user, parts.identifiers.users[user] == nil {
                throw object.refusal("user", user, allowed: "the id of a user")
            }
            try check(application, builtins, object)
        }
    }

    private func check(
        _ application: Application, _ builtins: Set<String>, _ object: ProvisionedObject
    ) throws(ProvisioningError) {
        if let builtin = application.builtin, !builtins.contains(builtin) {
            throw object.refusal("builtin", builtin, allowed: "one of \(builtins.sorted().joined(separator: ", "))")
        }
        guard application.builtin != nil || application.user != nil else {
            throw object.refusal("user", "null", allowed: "the id of a user, or a builtin beside it")
        }
        if let account = application.account {
            _ = try object.position(ofAccount: account, in: parts.identifiers.accounts)
        }
        if application.password?.isEmpty == true {
            throw object.refusal("password", "", allowed: "a text that is not empty, or null")
        }
        try checkURL(application.incomingCallURL, key: "incoming_call_url", object)
        try checkURL(application.incomingCallFallbackURL, key: "incoming_call_fallback_url", object)
        guard application.callbackTimeout > .zero && application.callbackTimeout <= .seconds(60) else {
            throw object.refusal(
                "callback_timeout", "\(application.callbackTimeout)", allowed: "a time above 0s up to 60s")
        }
    }

    /// Webhook addresses; which hosts they may name is decided when they are called.
    private func checkURL(_ url: String?, key: String, _ object: ProvisionedObject) throws(ProvisioningError) {
        guard let url else { return }
        let lower = url.lowercased()
        let rest =
            lower.hasPrefix("http://") ? lower.dropFirst(7) : lower.hasPrefix("https://") ? lower.dropFirst(8) : ""
        guard let first = rest.utf8.first, first != UInt8(ascii: "/"), url.utf8.count <= 2048,
            url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else {
            throw object.refusal(
                key, url.debugDescription, allowed: "an http or https URL of at most 2048 characters, or null")
        }
    }

    /// Adds a number that comes in.
    mutating func put(_ did: DID) throws(ProvisioningError) {
        let object = ProvisionedObject(kind: .did, id: did.number)
        guard did.id >= 0, did.id <= Int(Int32.max) else {
            throw object.refusal("id", "\(did.id)", allowed: "a number from 1 to 2147483647")
        }
        try checkNumber(did.number, key: "number", object)
        if let incoming = did.incomingNumber { try checkNumber(incoming, key: "incoming_number", object) }
        if let fallback = did.fallbackNumber { try checkNumber(fallback, key: "fallback_number", object) }
        if let user = did.user, parts.identifiers.users[user] == nil {
            throw object.refusal("user", user, allowed: "the id of a user")
        }
        let target = try target(of: did, object)
        guard parts.didNumbers.insert(Array(did.number.utf8), value: 0) == nil else {
            throw object.refusal("number", did.number, allowed: "each number once in the list")
        }
        let matched = Array(did.matchedNumber.utf8)
        guard parts.dids.insert(matched, value: parts.didTargets.count) == nil else {
            throw object.refusal(
                "incoming_number", did.matchedNumber, allowed: "a number that comes in for no other number")
        }
        parts.didTargets.append(target)
        parts.didRights.append(NumberRights(user: did.user, fallbackNumber: did.fallbackNumber))
    }

    /// Removes a number.
    mutating func remove(_ did: DID) {
        parts.didNumbers.remove(Array(did.number.utf8))
        parts.dids.remove(Array(did.matchedNumber.utf8))
        parts.unusedPlaces += 1
    }

    private func checkNumber(_ number: String, key: String, _ object: ProvisionedObject) throws(ProvisioningError) {
        guard (1...64).contains(number.utf8.count), number.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw object.refusal(
                key, number.debugDescription, allowed: "1 to 64 printable characters without blanks")
        }
    }

    private func target(of did: DID, _ object: ProvisionedObject) throws(ProvisioningError) -> DIDTarget? {
        switch (did.account, did.application, did.connection) {
        case (nil, nil, nil): return nil
        case (let account?, nil, nil):
            return .account(try object.position(ofAccount: account, in: parts.identifiers.accounts))
        case (nil, let application?, nil):
            let position =
                parts.identifiers.applications[application] ?? parts.identifiers.applicationNames[application]
            guard let position else {
                throw object.refusal("application", application, allowed: "the id or name of an application")
            }
            return .application(position)
        case (nil, nil, let connection?):
            let position = try object.position(
                of: connection, in: parts.identifiers.connections, key: "connection", "a connection")
            return .connection(position)
        default:
            let given = [
                did.account.map { "account \($0)" }, did.application.map { "application \($0)" },
                did.connection.map { "connection \($0)" },
            ].compactMap { $0 }
            throw object.refusal(
                "account, application, connection", given.joined(separator: ", "), allowed: "at most one of the three")
        }
    }
}
