import Accounting
import GRDB
import Routing
import Timeline

extension Vendor: StoredObject {
    static let table = "vendors"
    static let columns = ["id", "name"]
    var key: Int { id }
    var values: [(any DatabaseValueConvertible)?] { [id, name] }

    init(row: Row) throws {
        self.init(id: row["id"], name: row["name"])
    }
}

extension Connection: StoredObject {
    static let table = "connections"
    static let columns = [
        "id", "vendor", "name", "destination", "username", "password", "register", "capacity", "max_calls_per_second",
        "cli_translation", "cld_translation", "media", "huntstop_codes", "keepalive_ms", "blocked", "enforce_capacity",
        "timeout_1xx_ms",
    ]
    var key: Int { id }
    var values: [(any DatabaseValueConvertible)?] {
        [
            id, vendor, name, destination, username, password, register, capacity, maxCallsPerSecond, cliTranslation,
            cldTranslation, media?.rawValue, huntstopCodes, keepalive.milliseconds, isBlocked,
            enforcesCapacity, timeout1xx?.milliseconds,
        ]
    }

    init(row: Row) throws {
        self.init(id: row["id"], vendor: row["vendor"], name: row["name"], destination: row["destination"])
        username = row["username"]
        password = row["password"]
        register = row["register"]
        capacity = row["capacity"]
        maxCallsPerSecond = row["max_calls_per_second"]
        cliTranslation = row["cli_translation"]
        cldTranslation = row["cld_translation"]
        media = try row.choice("media", of: MediaMode.self)
        huntstopCodes = row["huntstop_codes"]
        keepalive = row.duration("keepalive_ms") ?? .zero
        isBlocked = row["blocked"]
        enforcesCapacity = row["enforce_capacity"]
        timeout1xx = row.duration("timeout_1xx_ms")
    }
}

extension DestinationSet: StoredObject {
    static let table = "destination_sets"
    static let columns = ["id", "name"]
    var key: Int { id }
    var values: [(any DatabaseValueConvertible)?] { [id, name] }

    init(row: Row) throws {
        self.init(id: row["id"], name: row["name"])
    }

    static func readParts(of sets: inout [DestinationSet], from database: Database) throws {
        let positions = Dictionary(uniqueKeysWithValues: sets.enumerated().map { ($0.element.id, $0.offset) })
        let rows = try Row.fetchCursor(database, sql: "SELECT * FROM routes ORDER BY destination_set, position")
        while let row = try rows.next() {
            if let position = positions[row["destination_set"]] { sets[position].routes.append(Route(row: row)) }
        }
    }

    func writeParts(to database: Database) throws {
        var attributes: [String: String] = [:]
        let kept = try Row.fetchCursor(
            database,
            sql: "SELECT prefix, attributes FROM routes WHERE destination_set = ? AND attributes IS NOT NULL",
            arguments: [id])
        while let row = try kept.next() { attributes[row["prefix"]] = row["attributes"] }
        try Self.removeParts(of: id, from: database)
        for (position, route) in routes.enumerated() {
            try route.insert(inSet: id, at: position, attributes: attributes[route.prefix], into: database)
        }
    }

    static func removeParts(of id: Int, from database: Database) throws {
        try database.execute(sql: "DELETE FROM routes WHERE destination_set = ?", arguments: [id])
    }
}

extension Route {
    /// Adds the route to a set, at a position that is free.
    func insert(inSet set: Int, at position: Int, attributes: String?, into database: Database) throws {
        let insert = try database.cachedStatement(
            sql: "INSERT INTO routes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        try insert.execute(arguments: [
            set, position, prefix, preference, price.millionths, timeout1xx?.milliseconds,
            timeout2xx?.milliseconds, huntstop, forbidden, validity.activation, validity.expiration, attributes,
        ])
    }

    fileprivate init(row: Row) {
        self.init(prefix: row["prefix"])
        preference = row["preference"]
        price = Money(millionths: row["price_millionths"])
        timeout1xx = row.duration("timeout_1xx_ms")
        timeout2xx = row.duration("timeout_2xx_ms")
        huntstop = row["huntstop"]
        forbidden = row["forbidden"]
        validity = Validity(activation: row["activation_ms"], expiration: row["expiration_ms"])
    }
}

extension RoutingGroup: StoredObject {
    static let table = "routing_groups"
    static let columns = ["id", "name", "policy"]
    var key: Int { id }
    var values: [(any DatabaseValueConvertible)?] { [id, name, policy.rawValue] }

    init(row: Row) throws {
        self.init(id: row["id"], name: row["name"])
        policy = try row.choice("policy", of: RoutingPolicy.self) ?? policy
    }

    static func readParts(of groups: inout [RoutingGroup], from database: Database) throws {
        let positions = Dictionary(uniqueKeysWithValues: groups.enumerated().map { ($0.element.id, $0.offset) })
        let sql = "SELECT * FROM routing_group_members ORDER BY routing_group, position"
        let rows = try Row.fetchCursor(database, sql: sql)
        while let row = try rows.next() {
            guard let position = positions[row["routing_group"]] else { continue }
            var member = RoutingGroupMember(
                connection: row["connection"], destinationSet: row["destination_set"], preference: row["preference"],
                weight: row["weight"])
            member.id = row["id"]
            member.validity = Validity(activation: row["activation_ms"], expiration: row["expiration_ms"])
            groups[position].members.append(member)
        }
    }

    func writeParts(to database: Database) throws {
        var attributes: [Int: String] = [:]
        let kept = try Row.fetchCursor(
            database,
            sql: "SELECT id, attributes FROM routing_group_members WHERE routing_group = ? AND attributes IS NOT NULL",
            arguments: [id])
        while let row = try kept.next() { attributes[row["id"]] = row["attributes"] }
        try Self.removeParts(of: id, from: database)
        for (position, member) in members.enumerated() {
            try database.execute(
                sql: "INSERT INTO routing_group_members VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    id, position, member.connection, member.destinationSet, member.preference, member.weight, member.id,
                    member.validity.activation, member.validity.expiration, attributes[member.id],
                ])
        }
    }

    static func removeParts(of id: Int, from database: Database) throws {
        try database.execute(sql: "DELETE FROM routing_group_members WHERE routing_group = ?", arguments: [id])
    }
}
