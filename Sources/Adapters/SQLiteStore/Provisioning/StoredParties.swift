import GRDB
import Routing
import Timeline

extension Customer: StoredObject {
    static let table = "customers"
    static let columns = [
        "id", "parent", "name", "web_login", "api_password", "api_access", "max_sessions", "max_calls_per_second",
        "routing_group", "blocked", "max_depth", "accounts_mgmt", "customers_mgmt",
    ]
    var key: Int { id }
    var values: [(any DatabaseValueConvertible)?] {
        [
            id, parent, name, webLogin, apiPassword, apiAccess, maxSessions, maxCallsPerSecond, routingGroup, isBlocked,
            maxDepth, accountPermissions.rawValue, customerPermissions.rawValue,
        ]
    }

    init(row: Row) throws {
        self.init(id: row["id"], parent: row["parent"], name: row["name"])
        webLogin = row["web_login"]
        apiPassword = row["api_password"]
        apiAccess = row["api_access"]
        maxSessions = row["max_sessions"]
        maxCallsPerSecond = row["max_calls_per_second"]
        routingGroup = row["routing_group"]
        isBlocked = row["blocked"]
        maxDepth = row["max_depth"]
        accountPermissions = CustomerPermissions(rawValue: row["accounts_mgmt"])
        customerPermissions = CustomerPermissions(rawValue: row["customers_mgmt"])
    }
}

extension Account: StoredObject {
    static let table = "accounts"
    static let columns = [
        "id", "customer", "authname", "voip_password", "max_sessions", "max_calls_per_second", "max_credit_time_ms",
        "routing_group", "cli_translation", "cld_translation", "media", "blocked",
        "username", "expiration_ms",
    ]
    var key: Int { id }
    var values: [(any DatabaseValueConvertible)?] {
        [
            id, customer, authname, voipPassword, maxSessions, maxCallsPerSecond, maxCreditTime?.milliseconds,
            routingGroup, cliTranslation, cldTranslation, media?.rawValue, isBlocked, username, expiration,
        ]
    }

    init(row: Row) throws {
        self.init(
            id: row["id"], customer: row["customer"], authname: row["authname"], voipPassword: row["voip_password"])
        maxSessions = row["max_sessions"]
        maxCallsPerSecond = row["max_calls_per_second"]
        maxCreditTime = row.duration("max_credit_time_ms")
        routingGroup = row["routing_group"]
        cliTranslation = row["cli_translation"]
        cldTranslation = row["cld_translation"]
        media = try row.choice("media", of: MediaMode.self)
        isBlocked = row["blocked"]
        username = row["username"]
        expiration = row["expiration_ms"]
    }
}

extension AuthenticationRule: StoredObject {
    static let table = "authentication_rules"
    static let columns = [
        "id", "account", "remote_ip", "cli", "cld", "to_domain", "from_domain", "protocol", "cli_translation",
        "cld_translation", "routing_group", "max_sessions", "max_calls_per_second",
    ]
    var key: Int { id }
    var values: [(any DatabaseValueConvertible)?] {
        [
            id, account, remoteIP, cli, cld, toDomain, fromDomain, protocolNumber, cliTranslation, cldTranslation,
            routingGroup, maxSessions, maxCallsPerSecond,
        ]
    }

    init(row: Row) throws {
        self.init(
            id: row["id"], account: row["account"], remoteIP: row["remote_ip"], cli: row["cli"], cld: row["cld"])
        toDomain = row["to_domain"]
        fromDomain = row["from_domain"]
        protocolNumber = row["protocol"]
        cliTranslation = row["cli_translation"]
        cldTranslation = row["cld_translation"]
        routingGroup = row["routing_group"]
        maxSessions = row["max_sessions"]
        maxCallsPerSecond = row["max_calls_per_second"]
    }
}

extension User: StoredObject {
    static let table = "users"
    static let columns = ["id", "customer", "account", "token", "secret"]
    var key: String { id }
    var values: [(any DatabaseValueConvertible)?] { [id, customer, account, token, secret] }

    init(row: Row) throws {
        self.init(
            id: row["id"], customer: row["customer"], account: row["account"], token: row["token"],
            secret: row["secret"])
    }
}
