import Routing

/// An object that is provisioned, as a list of keys in the words of the provisioning file.
public struct ProvisionedObject: Equatable, Sendable {
    /// The list it stands in.
    public var kind: ProvisioningError.ObjectKind
    /// Its id there; the number of a DID.
    public var id: String
    /// Its name for people; empty where it has none.
    public var name: String
    /// Every key but the id.
    public var fields: [ProvisionedField]

    fileprivate init(
        _ kind: ProvisioningError.ObjectKind, _ id: String, name: String = "", _ fields: [ProvisionedField]
    ) {
        self.kind = kind
        self.id = id
        self.name = name
        self.fields = fields
    }
}

extension Provisioning {
    /// Every object, in the order of the file's lists.
    public var objects: [ProvisionedObject] {
        var objects = customers.map(\.described) + accounts.map(\.described)
        objects += authenticationRules.map(\.described)
        objects += vendors.map(\.described) + connections.map(\.described)
        objects += destinationSets.map(\.described) + routingGroups.map(\.described)
        objects += dids.map(\.described) + users.map(\.described) + applications.map(\.described)
        return objects
    }
}

extension Customer {
    fileprivate var described: ProvisionedObject {
        ProvisionedObject(
            .customer, "\(id)", name: name,
            [
                ProvisionedField("parent", parent), ProvisionedField("name", name),
                ProvisionedField("web_login", webLogin), ProvisionedField("api_password", apiPassword),
                ProvisionedField("api_access", apiAccess), ProvisionedField("max_sessions", maxSessions),
                ProvisionedField("max_calls_per_second", maxCallsPerSecond),
                ProvisionedField("routing_group", routingGroup), ProvisionedField("blocked", isBlocked),
                ProvisionedField("max_depth", maxDepth),
                ProvisionedField("accounts_mgmt", permissions: accountPermissions),
                ProvisionedField("customers_mgmt", permissions: customerPermissions),
            ])
    }
}

extension Account {
    fileprivate var described: ProvisionedObject {
        ProvisionedObject(
            .account, "\(id)", name: authname ?? "",
            [
                ProvisionedField("customer", customer), ProvisionedField("username", username),
                ProvisionedField("authname", authname),
                ProvisionedField("voip_password", voipPassword), ProvisionedField("max_sessions", maxSessions),
                ProvisionedField("max_calls_per_second", maxCallsPerSecond),
                ProvisionedField("max_credit_time", maxCreditTime), ProvisionedField("routing_group", routingGroup),
                ProvisionedField("cli_translation", cliTranslation),
                ProvisionedField("cld_translation", cldTranslation), ProvisionedField("media", choice: media),
                ProvisionedField("blocked", isBlocked), ProvisionedField("expiration_date", date: expiration),
            ])
    }
}

extension AuthenticationRule {
    fileprivate var described: ProvisionedObject {
        ProvisionedObject(
            .authenticationRule, "\(id)",
            [
                ProvisionedField("account", account), ProvisionedField("remote_ip", remoteIP),
                ProvisionedField("cli", cli), ProvisionedField("cld", cld),
                ProvisionedField("to_domain", toDomain), ProvisionedField("from_domain", fromDomain),
                ProvisionedField("protocol", protocolNumber == 1 ? nil : protocolNumber),
                ProvisionedField("cli_translation", cliTranslation),
                ProvisionedField("cld_translation", cldTranslation), ProvisionedField("routing_group", routingGroup),
                ProvisionedField("max_sessions", maxSessions < 0 ? nil : maxSessions),
                ProvisionedField("max_calls_per_second", maxCallsPerSecond < 0 ? nil : maxCallsPerSecond),
            ])
    }
}

extension Vendor {
    fileprivate var described: ProvisionedObject {
        ProvisionedObject(.vendor, "\(id)", name: name, [ProvisionedField("name", name)])
    }
}

extension Connection {
    fileprivate var described: ProvisionedObject {
        ProvisionedObject(
            .connection, "\(id)", name: name,
            [
                ProvisionedField("vendor", vendor), ProvisionedField("name", name),
                ProvisionedField("destination", destination), ProvisionedField("username", username),
                ProvisionedField("password", password), ProvisionedField("register", register),
                ProvisionedField("capacity", capacity), ProvisionedField("max_calls_per_second", maxCallsPerSecond),
                ProvisionedField("cli_translation", cliTranslation),
                ProvisionedField("cld_translation", cldTranslation), ProvisionedField("media", choice: media),
                ProvisionedField("huntstop_codes", huntstopCodes), ProvisionedField("keepalive", keepalive),
                ProvisionedField("blocked", isBlocked),
                ProvisionedField("enforce_capacity", text: enforcesCapacity ? "null" : "false"),
                ProvisionedField("timeout_1xx", timeout1xx),
            ])
    }
}

extension DestinationSet {
    fileprivate var described: ProvisionedObject {
        ProvisionedObject(
            .destinationSet, "\(id)", name: name, [ProvisionedField("name", name)] + routes.map(\.described))
    }
}

extension Route {
    fileprivate var described: ProvisionedField {
        var parts = ["preference: \(preference)", "price: \"\(price)\""]
        parts.append("timeout_1xx: \(timeout1xx.map(DurationText.write) ?? "0s")")
        parts.append("timeout_2xx: \(timeout2xx.map(DurationText.write) ?? "0s")")
        parts.append("huntstop: \(huntstop), forbidden: \(forbidden)")
        parts += validity.written
        return ProvisionedField("routes \"\(prefix.printable)\"", text: "{ \(parts.joined(separator: ", ")) }")
    }
}

extension RoutingGroup {
    fileprivate var described: ProvisionedObject {
        let written = members.map { member in
            "{ connection: \(member.connection), destination_set: \(member.destinationSet), "
                + (["preference: \(member.preference)", "weight: \(member.weight)"] + member.validity.written)
                .joined(separator: ", ") + " }"
        }
        let fields = [
            ProvisionedField("name", name), ProvisionedField("policy", choice: policy),
            ProvisionedField("members", text: "[\(written.joined(separator: ", "))]"),
        ]
        return ProvisionedObject(.routingGroup, "\(id)", name: name, fields)
    }
}

extension DID {
    fileprivate var described: ProvisionedObject {
        ProvisionedObject(
            .did, number,
            [
                ProvisionedField("account", account), ProvisionedField("application", application),
                ProvisionedField("connection", connection), ProvisionedField("incoming_number", incomingNumber),
                ProvisionedField("user", user), ProvisionedField("fallback_number", fallbackNumber),
            ])
    }
}

extension Validity {
    /// The keys that are given.
    fileprivate var written: [String] {
        let start = activation.map { "activation_date: \(DateText.write($0))" }
        let end = expiration.map { "expiration_date: \(DateText.write($0))" }
        return [start, end].compactMap { $0 }
    }
}

extension ProvisionedField {
    fileprivate init(_ key: String, permissions: CustomerPermissions) {
        self.init(key, permissions == .all ? nil : permissions.rawValue)
    }
}

extension User {
    fileprivate var described: ProvisionedObject {
        ProvisionedObject(
            .user, id,
            [
                ProvisionedField("customer", customer), ProvisionedField("account", account),
                ProvisionedField("token", token), ProvisionedField("secret", secret),
            ])
    }
}

extension Application {
    fileprivate var described: ProvisionedObject {
        let parameters = parameters.sorted { $0.key < $1.key }.map { name, value in
            ProvisionedField("parameters.\(name.printable)", Optional(value))
        }
        let fields = [
            ProvisionedField("user", user), ProvisionedField("name", name),
            ProvisionedField("incoming_call_url", incomingCallURL),
            ProvisionedField("incoming_call_fallback_url", incomingCallFallbackURL),
            ProvisionedField("callback_http_method", choice: callbackHTTPMethod),
            ProvisionedField("callback_timeout", callbackTimeout), ProvisionedField("auto_answer", autoAnswer),
            ProvisionedField("builtin", builtin),
        ]
        return ProvisionedObject(.application, id, name: name, fields + parameters)
    }
}
