import GRDB
import GRDBSQLite

/// A statement that is executed often: parameters are bound in order, without a detour over values of GRDB.
struct PreparedStatement: ~Copyable {
    private let statement: OpaquePointer
    private let connection: OpaquePointer
    private var position: Int32 = 0

    init(_ sql: String, on database: Database) throws {
        guard let connection = database.sqliteConnection else { throw DatabaseError(resultCode: .SQLITE_MISUSE) }
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK, let statement else { throw Self.error(code, connection) }
        self.statement = statement
        self.connection = connection
    }

    deinit {
        sqlite3_finalize(statement)
    }

    /// Binds the next parameter.
    mutating func bind(_ value: Int64) {
        position += 1
        sqlite3_bind_int64(statement, position, value)
    }

    /// Binds the next parameter; NULL for nil.
    mutating func bind(_ value: Int64?) {
        if let value { bind(value) } else { bindNull() }
    }

    /// Binds the next parameter to NULL.
    mutating func bindNull() {
        position += 1
        sqlite3_bind_null(statement, position)
    }

    /// Binds the next parameter to a text that stays in place until the statement was executed.
    mutating func bind(_ text: UnsafeBufferPointer<UInt8>) {
        position += 1
        guard let start = text.baseAddress, !text.isEmpty else {
            sqlite3_bind_text(statement, position, "", 0, nil)
            return
        }
        start.withMemoryRebound(to: CChar.self, capacity: text.count) {
            _ = sqlite3_bind_text(statement, position, $0, Int32(clamping: text.count), nil)
        }
    }

    /// Binds the next parameter to a constant.
    mutating func bind(_ text: StaticString) {
        bind(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Executes the statement and makes it ready for the next row; gives the number of rows changed.
    mutating func execute() throws -> Int {
        let code = sqlite3_step(statement)
        position = 0
        let reset = sqlite3_reset(statement)
        guard code == SQLITE_DONE, reset == SQLITE_OK else { throw Self.error(code, connection) }
        return Int(sqlite3_changes(connection))
    }

    private static func error(_ code: Int32, _ connection: OpaquePointer) -> DatabaseError {
        DatabaseError(resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(connection)))
    }
}
