import GRDB
import Routing
import Timeline

extension DID: StoredObject {
    static let table = "dids"
    static let columns = [
        "number", "account", "application", "connection", "id", "incoming_number", "user", "fallback_number",
    ]
    var key: String { number }
    var values: [(any DatabaseValueConvertible)?] {
        [number, account, application, connection, id, incomingNumber, user, fallbackNumber]
    }

    init(row: Row) throws {
        self.init(
            number: row["number"], account: row["account"], application: row["application"],
            connection: row["connection"])
        id = row["id"]
        incomingNumber = row["incoming_number"]
        user = row["user"]
        fallbackNumber = row["fallback_number"]
    }
}

extension Application: StoredObject {
    static let table = "applications"
    static let columns = [
        "id", "user", "name", "incoming_call_url", "incoming_call_fallback_url", "callback_http_method",
        "callback_timeout_ms", "auto_answer", "builtin", "account", "password",
    ]
    var key: String { id }
    var values: [(any DatabaseValueConvertible)?] {
        [
            id, user, name, incomingCallURL, incomingCallFallbackURL, callbackHTTPMethod.rawValue,
            callbackTimeout.milliseconds, autoAnswer, builtin, account, password,
        ]
    }

    init(row: Row) throws {
        self.init(id: row["id"], name: row["name"], user: row["user"])
        incomingCallURL = row["incoming_call_url"]
        incomingCallFallbackURL = row["incoming_call_fallback_url"]
        callbackHTTPMethod = try row.choice("callback_http_method", of: CallbackMethod.self) ?? callbackHTTPMethod
        callbackTimeout = row.duration("callback_timeout_ms") ?? callbackTimeout
        autoAnswer = row["auto_answer"]
        builtin = row["builtin"]
        account = row["account"]
        password = row["password"]
    }

    static func readParts(of applications: inout [Application], from database: Database) throws {
        let positions = Dictionary(uniqueKeysWithValues: applications.enumerated().map { ($0.element.id, $0.offset) })
        let rows = try Row.fetchCursor(database, sql: "SELECT * FROM application_parameters")
        while let row = try rows.next() {
            guard let position = positions[row["application"]] else { continue }
            applications[position].parameters[row["name"]] = row["value"]
        }
    }

    func writeParts(to database: Database) throws {
        try Self.removeParts(of: id, from: database)
        for (name, value) in parameters {
            try database.execute(
                sql: "INSERT INTO application_parameters VALUES (?, ?, ?)", arguments: [id, name, value])
        }
    }

    static func removeParts(of id: String, from database: Database) throws {
        try database.execute(sql: "DELETE FROM application_parameters WHERE application = ?", arguments: [id])
    }
}
