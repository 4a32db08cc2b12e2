/// Where the store is, `sqlite:PATH` or `sqlite::memory:`.
public enum StoreLocation: Equatable, Sendable, CustomStringConvertible {
    /// A database file.
    case file(String)
    /// A database that ends with the process.
    case memory

    /// What a location may look like, for errors.
    static let allowed = "sqlite:PATH or sqlite::memory:"

    /// The location that `text` writes; nil for anything else.
    public init?(_ text: String) {
        guard text.hasPrefix("sqlite:") else { return nil }
        let path = String(text.dropFirst("sqlite:".count))
        guard !path.isEmpty, !path.hasSuffix("/") else { return nil }
        self = path == ":memory:" ? .memory : .file(path)
    }

    /// The location as the file writes it.
    public var description: String {
        switch self {
        case .file(let path): "sqlite:\(path)"
        case .memory: "sqlite::memory:"
        }
    }
}
