/// What all sections of one file share while it is read: its name, the environment and the problems found.
final class ReadingContext {
    /// Prefix of the variables that override configuration keys.
    static let prefix = "MARTLET_"

    /// The file as the user wrote it.
    let file: String
    /// Whether keys of the file are overridden by variables.
    let isOverridable: Bool
    /// The environment: overrides, and the secrets of `env:NAME`.
    let environment: [String: String]
    /// Everything wrong so far.
    var problems: [ConfigurationProblem] = []
    /// Variables that stand for a key that was read.
    private(set) var knownVariables: Set<String> = []

    init(file: String, isOverridable: Bool, environment: [String: String]) {
        self.file = file
        self.isOverridable = isOverridable
        self.environment = environment
    }

    /// The variable that overrides `path`, with its value; nil where it is not set.
    func override(of path: String) -> (variable: String, value: String)? {
        guard isOverridable else { return nil }
        let variable = Self.prefix + path.uppercased().replacing(".", with: "_")
        knownVariables.insert(variable)
        return environment[variable].map { (variable, $0) }
    }

    /// Variables that look like overrides and stand for no key.
    var unknownVariables: [String] {
        environment.keys.filter { $0.hasPrefix(Self.prefix) && !knownVariables.contains($0) }.sorted()
    }
}
