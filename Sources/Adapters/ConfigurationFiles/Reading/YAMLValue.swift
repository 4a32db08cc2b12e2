/// A value of a YAML file with the line it stands on.
struct YAMLValue: Sendable {
    /// What it is.
    enum Content: Sendable {
        /// A single value; plain where it stands without quotes, so that it may be a number, a truth value or null.
        case scalar(String, isPlain: Bool)
        case list([YAMLValue])
        case mapping([Entry])
    }

    /// One key of a mapping.
    struct Entry: Sendable {
        var key: String
        var line: Int
        var value: YAMLValue
    }

    var content: Content
    /// Counted from 1.
    var line: Int

    /// Whether it is YAML's null.
    var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = content else { return false }
        return text.isEmpty || text == "null" || text == "~" || text == "Null" || text == "NULL"
    }

    /// What kind of thing it is, for errors.
    var kind: String {
        switch content {
        case .scalar: isNull ? "null" : "a single value"
        case .list: "a list"
        case .mapping: "a group of keys"
        }
    }
}
