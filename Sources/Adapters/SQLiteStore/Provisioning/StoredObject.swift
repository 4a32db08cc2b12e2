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
        // What goes makes room first, for some columns hold each value once.
        let keys = Set(objects.map(\.key))
        for key in remaining.keys where !keys.contains(key) { try remove(key, from: database) }
        for object in objects where remaining.removeValue(forKey: object.key) != object {
            try object.writeRow(to: database)
            try object.writeParts(to: database)
        }
    }

    /// Adds the row or brings it up to date; columns that are not the object's stay.
    func writeRow(to database: Database) throws {
        let places = Array(repeating: "?", count: Self.columns.count).joined(separator: ", ")
        let changes = Self.columns.dropFirst().map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO \(Self.table) (\(Self.columns.joined(separator: ", "))) VALUES (\(places))
                ON CONFLICT (\(Self.columns[0])) DO UPDATE SET \(changes)
                """)
        try statement.execute(arguments: StatementArguments(values))
    }

    /// Removes the row and its parts.
    static func remove(_ key: Key, from database: Database) throws {
        try database.cachedStatement(sql: "DELETE FROM \(table) WHERE \(columns[0]) = ?").execute(arguments: [key])
        try removeParts(of: key, from: database)
    }
}
