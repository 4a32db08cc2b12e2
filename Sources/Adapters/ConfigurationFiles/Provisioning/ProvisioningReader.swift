import Routing

/// Ids as the XML-RPC interface can carry them.
private let ids = 1...Int(Int32.max)
/// Limits, -1 for none.
private let limits = -1...Int(Int32.max)

extension Provisioning {
    /// Reads every list; `register` is told each object's kind, id and section.
    init(
        reading root: inout SectionReader,
        _ register: (ProvisioningError.ObjectKind, String, SectionReader) -> Void
    ) {
        self.init()
        func read<T>(
            _ kind: ProvisioningError.ObjectKind, _ id: (T) -> String, _ make: (inout SectionReader) -> T
        ) -> [T] {
            root.sections(kind.rawValue).map { section in
                var section = section
                let object = make(&section)
                section.finish()
                register(kind, id(object), section)
                return object
            }
        }
        customers = read(.customer, { "\($0.id)" }, Customer.init(reading:))
        accounts = read(.account, { "\($0.id)" }, Account.init(reading:))
        authenticationRules = read(.authenticationRule, { "\($0.id)" }, AuthenticationRule.init(reading:))
        vendors = read(.vendor, { "\($0.id)" }, Vendor.init(reading:))
        connections = read(.connection, { "\($0.id)" }, Connection.init(reading:))
        destinationSets = read(.destinationSet, { "\($0.id)" }, DestinationSet.init(reading:))
        routingGroups = read(.routingGroup, { "\($0.id)" }, RoutingGroup.init(reading:))
        dids = read(.did, \.number, DID.init(reading:))
        users = read(.user, \.id, User.init(reading:))
        applications = read(.application, \.id, Application.init(reading:))
    }
}

extension Customer {
    init(reading section: inout SectionReader) {
        let id = section.requiredInteger("id", in: ids)
        let parent = section.optionalInteger("parent", in: ids)
        self.init(id: id, parent: parent ?? (id == 1 ? nil : 1), name: section.requiredText("name"))
        webLogin = section.optionalText("web_login")
        apiPassword = section.secret("api_password")
        apiAccess = section.boolean("api_access", apiAccess)
        maxSessions = section.integer("max_sessions", maxSessions, in: limits)
        maxCallsPerSecond = section.integer("max_calls_per_second", maxCallsPerSecond, in: limits)
        routingGroup = section.optionalInteger("routing_group", in: ids)
        isBlocked = section.boolean("blocked", isBlocked)
        maxDepth = section.optionalInteger("max_depth", in: 0...16)
        accountPermissions = section.permissions("accounts_mgmt", accountPermissions)
        customerPermissions = section.permissions("customers_mgmt", customerPermissions)
    }
}

extension SectionReader {
    fileprivate mutating func permissions(_ key: String, _ fallback: CustomerPermissions) -> CustomerPermissions {
        CustomerPermissions(rawValue: integer(key, fallback.rawValue, in: 0...7))
    }
}

extension Account {
    init(reading section: inout SectionReader) {
        self.init(id: section.requiredInteger("id", in: ids), customer: section.requiredInteger("customer", in: ids))
        username = section.optionalText("username")
        authname = section.optionalText("authname")
        voipPassword = section.secret("voip_password")
        maxSessions = section.integer("max_sessions", maxSessions, in: limits)
        maxCallsPerSecond = section.integer("max_calls_per_second", maxCallsPerSecond, in: limits)
        maxCreditTime = section.optionalDuration("max_credit_time", atLeast: .milliseconds(1))
        routingGroup = section.optionalInteger("routing_group", in: ids)
        cliTranslation = section.optionalText("cli_translation")
        cldTranslation = section.optionalText("cld_translation")
        media = section.optionalChoice("media", of: MediaMode.self)
        isBlocked = section.boolean("blocked", isBlocked)
        expiration = section.optionalDate("expiration_date")
    }
}

extension AuthenticationRule {
    init(reading section: inout SectionReader) {
        let id = section.requiredInteger("id", in: ids)
        let account = section.requiredInteger("account", in: ids)
        self.init(id: id, account: account, remoteIP: section.optionalText("remote_ip"))
        cli = section.optionalText("cli")
        cld = section.optionalText("cld")
        toDomain = section.optionalText("to_domain")
        fromDomain = section.optionalText("from_domain")
        protocolNumber = section.integer("protocol", protocolNumber, in: 1...4)
        cliTranslation = section.optionalText("cli_translation")
        cldTranslation = section.optionalText("cld_translation")
        routingGroup = section.optionalInteger("routing_group", in: ids)
        maxSessions = section.integer("max_sessions", maxSessions, in: limits)
        maxCallsPerSecond = section.integer("max_calls_per_second", maxCallsPerSecond, in: limits)
    }
}

extension Vendor {
    init(reading section: inout SectionReader) {
        self.init(id: section.requiredInteger("id", in: ids), name: section.requiredText("name"))
    }
}

extension Connection {
    init(reading section: inout SectionReader) {
        let id = section.requiredInteger("id", in: ids)
        let vendor = section.requiredInteger("vendor", in: ids)
        let name = section.requiredText("name")
        self.init(id: id, vendor: vendor, name: name, destination: section.requiredText("destination"))
        username = section.optionalText("username")
        password = section.secret("password")
        register = section.boolean("register", register)
        capacity = section.integer("capacity", capacity, in: limits)
        enforcesCapacity = section.boolean("enforce_capacity", enforcesCapacity)
        maxCallsPerSecond = section.integer("max_calls_per_second", maxCallsPerSecond, in: limits)
        cliTranslation = section.optionalText("cli_translation")
        cldTranslation = section.optionalText("cld_translation")
        media = section.optionalChoice("media", of: MediaMode.self)
        huntstopCodes = section.text("huntstop_codes", huntstopCodes)
        keepalive = section.duration("keepalive", keepalive)
        timeout1xx = section.optionalDuration("timeout_1xx", atLeast: .milliseconds(1))
        isBlocked = section.boolean("blocked", isBlocked)
    }
}

extension RoutingGroup {
    init(reading section: inout SectionReader) {
        self.init(id: section.requiredInteger("id", in: ids), name: section.requiredText("name"))
        policy = section.choice("policy", policy)
        members = section.sections("members").map { member in
            var member = member
            defer { member.finish() }
            return RoutingGroupMember(reading: &member)
        }
    }
}

extension RoutingGroupMember {
    init(reading section: inout SectionReader) {
        self.init(
            connection: section.requiredInteger("connection", in: ids),
            destinationSet: section.requiredInteger("destination_set", in: ids))
        preference = section.integer("preference", preference, in: 0...Int(Int32.max))
        weight = section.integer("weight", weight, in: 0...1_000_000)
        id = section.optionalInteger("id", in: ids) ?? 0
        validity = section.validity()
    }
}

extension DID {
    init(reading section: inout SectionReader) {
        self.init(number: section.requiredText("number"))
        account = section.optionalInteger("account", in: ids)
        application = section.optionalText("application")
        connection = section.optionalInteger("connection", in: ids)
        id = section.optionalInteger("id", in: ids) ?? 0
        incomingNumber = section.optionalText("incoming_number")
        user = section.optionalText("user")
        fallbackNumber = section.optionalText("fallback_number")
        if account == nil, application == nil, connection == nil, user == nil {
            section.report("account, application, connection", "are all missing; allowed is exactly one of the three")
        }
    }
}

extension SectionReader {
    /// From when and until when a route or a member is in force.
    mutating func validity() -> Validity {
        Validity(activation: optionalDate("activation_date"), expiration: optionalDate("expiration_date"))
    }
}

extension User {
    init(reading section: inout SectionReader) {
        let id = section.requiredText("id")
        let customer = section.requiredInteger("customer", in: ids)
        let account = section.requiredInteger("account", in: ids)
        let token = section.requiredText("token")
        let earlier = section.context.problems.count
        let secret = section.secret("secret")
        if secret == nil && section.context.problems.count == earlier {
            section.report("secret", "is missing; allowed is a text, env:NAME or file:PATH")
        }
        self.init(id: id, customer: customer, account: account, token: token, secret: secret ?? "")
    }
}

extension Application {
    init(reading section: inout SectionReader) {
        let id = section.requiredText("id")
        self.init(id: id, name: section.requiredText("name"), user: section.optionalText("user"))
        incomingCallURL = section.optionalText("incoming_call_url")
        incomingCallFallbackURL = section.optionalText("incoming_call_fallback_url")
        callbackHTTPMethod = section.choice("callback_http_method", callbackHTTPMethod)
        callbackTimeout = section.duration("callback_timeout", callbackTimeout, atLeast: .milliseconds(1))
        autoAnswer = section.boolean("auto_answer", autoAnswer)
        builtin = section.optionalText("builtin")
        parameters = section.texts("parameters")
        account = section.optionalInteger("account", in: 1...Int(Int32.max))
        password = section.secret("password")
    }
}
