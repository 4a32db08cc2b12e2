/// The keys under `log`.
public struct LogSettings: Equatable, Sendable {
    /// How much is logged.
    public enum Level: String, Hashable, Sendable, CaseIterable {
        case trace, debug, info, notice, warning, error, critical
    }

    /// How a line looks.
    public enum Format: String, Hashable, Sendable, CaseIterable {
        /// For people.
        case text
        /// One JSON object per line.
        case json
    }

    public var level = Level.info
    public var format = Format.text

    public init() {}
}
