/// One measure as `/metrics` serves it.
public struct Metric: Sendable {
    /// The kinds that Prometheus knows and that are served here.
    public enum Kind: String, Sendable { case counter, gauge, histogram }

    /// One line: what stands behind the name, as `{result="failed"}` or `_count`, and the value.
    public struct Sample: Sendable {
        public var suffix: String
        public var value: Double

        public init(_ suffix: String = "", _ value: Double) {
            self.suffix = suffix
            self.value = value
        }
    }

    /// `martlet_<noun>_<unit>`.
    public var name: String
    public var kind: Kind
    /// What it says, in one sentence.
    public var help: String
    public var samples: [Sample]

    public init(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples
    }
}
