import GRDB

extension Row {
    /// The duration of a column of milliseconds; nil for NULL.
    func duration(_ column: String) -> Duration? {
        (self[column] as Int64?).map { .milliseconds($0) }
    }

    /// The value that a column's word stands for. Throws for a word that this release does not know.
    func choice<T: RawRepresentable<String>>(_ column: String, of: T.Type) throws -> T? {
        guard let word = self[column] as String? else { return nil }
        guard let value = T(rawValue: word) else {
            throw StoreError("", "the column \(column) holds a word that this release does not know")
        }
        return value
    }
}
