import GRDB
import Routing

extension Customer: StoredObject {
    static let table = "customers"
    static let columns = [
        "id", "parent", "name", "web_login", "api_password", "api_access", "max_sessions", "max_calls_per_second",
        "routing_group", "blocked",
    ]
    var key: Int { id }
    var values: [(any DatabaseValueConvertible)?] {
        [
            id, parent, name, webLogin, apiPassword, apiAccess, maxSessions, maxCallsPerSecond, routingGroup, isBlocked,
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
    }
}

extension Account: StoredObject {
    static let table = "accounts"
    static let columns = [
        "id", "customer", "authname", "voip_password", "max_sessions", "max_calls_per_second", "max_credit_time_ms",
        "routing_group", "cli_translation", "cld_translation", "media", "blocked",
    ]
    var key: Int { id }
    var values: [(any DatabaseValueConvertible)?] {
        [
            id, customer, authname, voipPassword, maxSessions, maxCallsPerSecond, maxCreditTime?.storedMilliseconds,
            routingGroup, cliTranslation, cldTranslation, media?.rawValue, isBlocked,
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
    }
}

extension AuthenticationRule: StoredObject {
    static let table = "authentication_rules"
    static let columns = ["id", "account", "remote_ip", "cli", "cld"]
    var key: Int { id }
    var values: [(any DatabaseValueConvertible)?] { [id, account, remoteIP, cli, cld] }

    init(row: Row) throws {
        self.init(
            id: row["id"], account: row["account"], remoteIP: row["remote_ip"], cli: row["cli"], cld: row["cld"])
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
