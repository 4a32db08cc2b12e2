import GRDB

extension SQLiteStore {
    /// All attributes of one object; none where it has none or is not there.
    public func attributes(of owner: AttributeOwner) throws(StoreError) -> Attributes {
        do {
            return try queue.read { database in
                switch owner {
                case .object(let list, let id):
                    try StoredAttributes.read(
                        String.fetchOne(
                            database, sql: "SELECT attributes FROM \(list.rawValue) WHERE id = ?", arguments: [id]))
                case .route(let set, let prefix):
                    try StoredAttributes.read(
                        String.fetchOne(
                            database, sql: "SELECT attributes FROM routes WHERE destination_set = ? AND prefix = ?",
                            arguments: [set, prefix]))
                }
            }
        } catch {
            throw StoreError("\(place)", error)
        }
    }

    /// The attributes of the objects of a list with these ids, by id; objects without any are absent.
    public func attributes(of list: IdentifierList, ids: [Int]) throws(StoreError) -> [Int: Attributes] {
        guard let first = ids.min(), let last = ids.max() else { return [:] }
        let wanted = Set(ids)
        do {
            return try queue.read { database in
                var found: [Int: Attributes] = [:]
                let rows = try Row.fetchCursor(
                    database,
                    sql: """
                        SELECT id, attributes FROM \(list.rawValue)
                        WHERE id BETWEEN ? AND ? AND attributes IS NOT NULL
                        """,
                    arguments: [first, last])
                while let row = try rows.next() {
                    let id: Int = row["id"]
                    if wanted.contains(id) { found[id] = try StoredAttributes.read(row["attributes"]) }
                }
                return found
            }
        } catch {
            throw StoreError("\(place)", error)
        }
    }

    /// The attributes of the routes of a destination set, by prefix; routes without any are absent.
    public func attributes(ofRoutesIn set: Int) throws(StoreError) -> [String: Attributes] {
        do {
            return try queue.read { database in
                var found: [String: Attributes] = [:]
                let rows = try Row.fetchCursor(
                    database,
                    sql: "SELECT prefix, attributes FROM routes WHERE destination_set = ? AND attributes IS NOT NULL",
                    arguments: [set])
                while let row = try rows.next() {
                    found[row["prefix"]] = try StoredAttributes.read(row["attributes"])
                }
                return found
            }
        } catch {
            throw StoreError("\(place)", error)
        }
    }
}
