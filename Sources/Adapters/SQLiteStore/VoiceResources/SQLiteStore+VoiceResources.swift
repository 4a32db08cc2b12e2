import GRDB

extension SQLiteStore {
    /// Most resources of one kind that are kept; the oldest make room.
    public static let keptVoiceResources = 200_000

    /// Adds resources, or replaces those of the same kind and id, in one transaction.
    public func write(_ resources: [StoredVoiceResource]) throws(StoreError) {
        do {
            try queue.write { database in
                let statement = try database.cachedStatement(
                    sql: """
                        INSERT INTO voice_resources (kind, id, user, created_ms, origin, destination, is_over, body)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT (kind, id) DO UPDATE SET is_over = excluded.is_over, body = excluded.body
                        """)
                let grouping = try database.cachedStatement(
                    sql: "INSERT OR IGNORE INTO voice_groups (member_of, call, user) VALUES (?, ?, ?)")
                for resource in resources {
                    try statement.execute(arguments: [
                        resource.kind.rawValue, resource.id, resource.user, resource.created, resource.origin,
                        resource.destination, resource.isOver, resource.body,
                    ])
                    for group in resource.groups {
                        try grouping.execute(arguments: [group, resource.id, resource.user])
                    }
                }
            }
        } catch {
            throw StoreError("\(place)", error)
        }
    }

    /// The resource of a user with this id; nil where there is none.
    public func voiceResource(
        _ kind: StoredVoiceResource.Kind, _ id: String, of user: String
    ) throws(StoreError) -> String? {
        do {
            return try queue.read { database in
                try String.fetchOne(
                    database, sql: "SELECT body FROM voice_resources WHERE kind = ? AND id = ? AND user = ?",
                    arguments: [kind.rawValue, id, user])
            }
        } catch {
            throw StoreError("\(place)", error)
        }
    }

    /// The bodies of the resources that a filter lets through, by the time they were made, newest first unless it says
    /// otherwise.
    public func voiceResources(_ filter: VoiceResourceFilter) throws(StoreError) -> [String] {
        var conditions = ["kind = ?", "user = ?"]
        var arguments: StatementArguments = [filter.kind.rawValue, filter.user]
        if let origin = filter.origin {
            conditions.append("origin = ?")
            arguments += [origin]
        }
        if let destination = filter.destination {
            conditions.append("destination = ?")
            arguments += [destination]
        }
        if let group = filter.group {
            conditions.append("id IN (SELECT call FROM voice_groups WHERE member_of = ?)")
            arguments += [group]
        }
        let order = filter.isAscending ? "created_ms ASC, sequence ASC" : "created_ms DESC, sequence DESC"
        let condition = conditions.joined(separator: " AND ")
        let sql = "SELECT body FROM voice_resources WHERE \(condition) ORDER BY \(order) LIMIT ? OFFSET ?"
        arguments += [filter.limit ?? -1, filter.offset]
        do {
            return try queue.read { try String.fetchAll($0, sql: sql, arguments: arguments) }
        } catch {
            throw StoreError("\(place)", error)
        }
    }

    /// The resources that were not over when they were written last.
    public func voiceResourcesInProgress() throws(StoreError) -> [(kind: StoredVoiceResource.Kind, body: String)] {
        do {
            return try queue.read { database in
                try Row.fetchAll(database, sql: "SELECT kind, body FROM voice_resources WHERE is_over = 0").compactMap {
                    row in StoredVoiceResource.Kind(rawValue: row["kind"]).map { ($0, row["body"]) }
                }
            }
        } catch {
            throw StoreError("\(place)", error)
        }
    }

    /// Forgets the oldest resources beyond those that are kept.
    public func pruneVoiceResources(keeping count: Int = SQLiteStore.keptVoiceResources) throws(StoreError) {
        do {
            try queue.write { database in
                for kind in StoredVoiceResource.Kind.allCases {
                    let newest = try Int64.fetchOne(
                        database,
                        sql:
                            "SELECT sequence FROM voice_resources WHERE kind = ? ORDER BY sequence DESC LIMIT 1 OFFSET ?",
                        arguments: [kind.rawValue, count])
                    guard let newest else { continue }
                    try database.execute(
                        sql: "DELETE FROM voice_resources WHERE kind = ? AND sequence <= ? AND is_over = 1",
                        arguments: [kind.rawValue, newest])
                }
                try database.execute(
                    sql:
                        "DELETE FROM voice_groups WHERE call NOT IN (SELECT id FROM voice_resources WHERE kind = 'call')"
                )
            }
        } catch {
            throw StoreError("\(place)", error)
        }
    }
}
