import ConfigurationFiles

/// Rows under their titles, each column as wide as its widest cell, and no line wider than 120 columns. Nothing in a cell
/// can steer a terminal.
struct TextTable {
    /// Widest cell.
    private static let maximumCell = 40

    private let rows: [[String]]
    private let right: Set<Int>

    /// `right` are the columns of numbers.
    init(_ titles: [String], _ rows: [[String]], right: Set<Int> = []) {
        self.rows = [titles] + rows.map { $0.map { String($0.printable.prefix(Self.maximumCell)) } }
        self.right = right
    }

    var text: String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = row.indices.map { column in
                let spaces = String(repeating: " ", count: widths[column] - row[column].count)
                return right.contains(column) ? spaces + row[column] : row[column] + spaces
            }
            var line = cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }
}
