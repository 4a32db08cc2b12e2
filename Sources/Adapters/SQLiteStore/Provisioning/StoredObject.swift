import GRDB

/// An object that is one row of a table, with parts in other tables perhaps.
protocol StoredObject: Equatable {
    associatedtype Key: Hashable & Comparable & DatabaseValueConvertible
    /// The table.
    static var table: String { get }
    /// Its columns, the key first.
    static var columns: [String] { get }
    /// What identifies the object.
    var key: Key { get }
    /// The values of the columns.
    var values: [(any DatabaseValueConvertible)?] { get }
    /// The object of a row, without its parts.
    init(row: Row) throws
    /// Reads the parts of `objects`, which are sorted by key.
    static func readParts(of objects: inout [Self], from database: Database) throws
    /// Replaces the parts of this object.
    func writeParts(to database: Database) throws
    /// Removes the parts of an object.
    static func removeParts(of key: Key, from database: Database) throws
}

extension StoredObject {
    static func readParts(of objects: inout [Self], from database: Database) throws {}
    func writeParts(to database: Database) throws {}
    static func removeParts(of key: Key, from database: Database) throws {}

    /// Every object of the table, in the order of the keys.
    static func readAll(from database: Database) throws -> [Self] {
        let list = columns.joined(separator: ", ")
        let rows = try Row.fetchCursor(database, sql: "SELECT \(list) FROM \(table) ORDER BY \(columns[0])")
        var objects: [Self] = []
        while let row = try rows.next() { objects.append(try Self(row: row)) }
        objects.sort { $0.key < $1.key }
        try readParts(of: &objects, from: database)
        return objects
    }

    /// Makes the table hold `objects` where it holds `earlier`; rows that stay as they are are not touched.
    static func replace(_ earlier: [Self], by objects: [Self], in database: Database) throws {
        var remaining = Dictionary(earlier.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let places = Array(repeating: "?", count: columns.count).joined(separator: ", ")
        let insert = try database.makeStatement(
            sql: "INSERT OR REPLACE INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(places))")
        for object in objects where remaining.removeValue(forKey: object.key) != object {
            try insert.execute(arguments: StatementArguments(object.values))
            try object.writeParts(to: database)
        }
        let remove = try database.makeStatement(sql: "DELETE FROM \(table) WHERE \(columns[0]) = ?")
        for key in remaining.keys {
            try remove.execute(arguments: [key])
            try removeParts(of: key, from: database)
        }
    }
}
