extension ProvisioningCompiler {
    /// Users of the voice REST interface.
    mutating func compileUsers() throws(ProvisioningError) {
        for (position, user) in provisioning.users.enumerated() {
            let object = ProvisionedObject(kind: .user, id: user.id)
            try object.checkText(user.id, key: "id")
            guard identifiers.users.updateValue(position, forKey: user.id) == nil else {
                throw object.refusal("id", user.id, allowed: "each id once in the list")
            }
            let customer = try object.position(
                of: user.customer, in: identifiers.customers, key: "customer", "a customer")
            let account = try object.position(of: user.account, in: identifiers.accounts, key: "account", "an account")
            var owner: Int? = accounts[account].customer
            while let current = owner, current != customer { owner = customers[current].parent }
            guard owner != nil else {
                throw object.refusal(
                    "account", "\(user.account)", allowed: "an account of customer \(user.customer) or of one below it")
            }
            try object.checkText(user.token, key: "token")
            guard identifiers.tokens.updateValue(position, forKey: user.token) == nil else {
                throw object.refusal("token", user.token, allowed: "a token that no other user has")
            }
            guard !user.secret.isEmpty else { throw object.refusal("secret", "", allowed: "a text that is not empty") }
        }
    }

    /// Voice applications.
    mutating func compileApplications() throws(ProvisioningError) {
        for (position, application) in provisioning.applications.enumerated() {
            let object = ProvisionedObject(kind: .application, id: application.id)
            try object.checkText(application.id, key: "id")
            try object.checkText(application.name, key: "name")
            guard identifiers.applications.updateValue(position, forKey: application.id) == nil else {
                throw object.refusal("id", application.id, allowed: "each id once in the list")
            }
            if identifiers.applicationNames[application.name] == nil {
                identifiers.applicationNames[application.name] = position
            }
            if let user = application.user, identifiers.users[user] == nil {
                throw object.refusal("user", user, allowed: "the id of a user")
            }
            try check(application, object)
        }
    }

    private func check(_ application: Application, _ object: ProvisionedObject) throws(ProvisioningError) {
        if let builtin = application.builtin, !builtins.contains(builtin) {
            throw object.refusal("builtin", builtin, allowed: "one of \(builtins.sorted().joined(separator: ", "))")
        }
        guard application.builtin != nil || application.user != nil else {
            throw object.refusal("user", "null", allowed: "the id of a user, or a builtin beside it")
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

    /// Numbers that come in.
    mutating func compileDIDs() throws(ProvisioningError) {
        for did in provisioning.dids {
            let object = ProvisionedObject(kind: .did, id: did.number)
            guard (1...64).contains(did.number.utf8.count), did.number.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
            else {
                throw object.refusal(
                    "number", did.number.debugDescription, allowed: "1 to 64 printable characters without blanks")
            }
            let target = try target(of: did, object)
            guard dids.insert(Array(did.number.utf8), value: didTargets.count) == nil else {
                throw object.refusal("number", did.number, allowed: "each number once in the list")
            }
            didTargets.append(target)
        }
    }

    private func target(of did: DID, _ object: ProvisionedObject) throws(ProvisioningError) -> DIDTarget {
        switch (did.account, did.application, did.connection) {
        case (let account?, nil, nil):
            return .account(
                try object.position(of: account, in: identifiers.accounts, key: "account", "an account"))
        case (nil, let application?, nil):
            let position = identifiers.applications[application] ?? identifiers.applicationNames[application]
            guard let position else {
                throw object.refusal("application", application, allowed: "the id or name of an application")
            }
            return .application(position)
        case (nil, nil, let connection?):
            return .connection(
                try object.position(of: connection, in: identifiers.connections, key: "connection", "a connection"))
        default:
            let given = [
                did.account.map { "account \($0)" }, did.application.map { "application \($0)" },
                did.connection.map { "connection \($0)" },
            ].compactMap { $0 }
            throw object.refusal(
                "account, application, connection", given.isEmpty ? "none" : given.joined(separator: ", "),
                allowed: "exactly one of the three")
        }
    }
}
