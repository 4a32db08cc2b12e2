/// Positions by provisioned id in 256 dictionaries, of which a change copies one where the table is shared.
struct IdentifierTable: Sendable {
    private var parts: [[Int: Int]] = Array(repeating: [:], count: 256)

    /// The position of the object with this id; nil where there is none.
    subscript(id: Int) -> Int? {
        get { parts[id & 255][id] }
        set { parts[id & 255][id] = newValue }
    }

    /// Notes the position of an id; gives the one it had.
    mutating func updateValue(_ position: Int, forKey id: Int) -> Int? {
        parts[id & 255].updateValue(position, forKey: id)
    }
}
