/// A pattern of SQL's LIKE: `%` stands for any text, `_` for one character; letters of ASCII in any case.
public struct LikePattern: Sendable {
    private let pattern: [Character]

    /// Longest pattern, in characters; a longer one fits nothing.
    static let maximumLength = 256

    public init(_ text: String) { pattern = Array(text.lowercased()) }

    /// Whether the whole of `text` fits.
    public func fits(_ text: String) -> Bool {
        guard pattern.count <= Self.maximumLength else { return false }
        let text = Array(text.lowercased())
        var (place, position) = (0, 0)
        var (star, mark) = (-1, 0)
        while position < text.count {
            if place < pattern.count, pattern[place] == "%" {
                star = place
                mark = position
                place += 1
            } else if place < pattern.count, pattern[place] == "_" || pattern[place] == text[position] {
                place += 1
                position += 1
            } else if star >= 0 {
                place = star + 1
                mark += 1
                position = mark
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == "%" }
    }
}
