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
    /// File with one line for each run of an application; nil for none.
    public var applicationRecords: String?
    /// Its largest size in bytes, before another one is begun.
    public var applicationRecordsSize = 10_000_000
    /// Most files of that kind, with those that were begun before.
    public var applicationRecordsFiles = 10

    public init() {}
}
