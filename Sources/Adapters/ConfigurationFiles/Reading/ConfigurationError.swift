/// One value of a file or of the environment that cannot be.
public struct ConfigurationProblem: Equatable, Sendable, CustomStringConvertible {
    /// Where the value stands.
    public enum Place: Hashable, Sendable, CustomStringConvertible {
        /// A file and a line counted from 1; 0 where the whole file is meant.
        case file(String, line: Int)
        /// An environment variable.
        case environment(String)

        /// `martlet.yaml:12` or `MARTLET_STORE`.
        public var description: String {
            switch self {
            case .file(let name, let line): line > 0 ? "\(name):\(line)" : name
            case .environment(let name): name
            }
        }
    }

    /// Where.
    public var place: Place
    /// The key as `sip.timers.t1` or `accounts[3].customer`; empty where the whole file is meant.
    public var keyPath: String
    /// What is wrong and what is allowed, in plain words. Never holds a secret.
    public var message: String

    public init(_ place: Place, _ keyPath: String, _ message: String) {
        self.place = place
        self.keyPath = keyPath
        self.message = message
    }

    /// `martlet.yaml:12: sip.timers.t1: "fast" is not allowed; allowed is …`.
    public var description: String {
        keyPath.isEmpty ? "\(place): \(message)" : "\(place): \(keyPath): \(message)"
    }
}

/// Files or environment variables that cannot be used; nothing of them was.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Everything that was found, at least one, in the order of reading.
    public var problems: [ConfigurationProblem]

    public init(_ problems: [ConfigurationProblem]) {
        self.problems = problems
    }

    /// Most problems that are written out; of a file that is wrong throughout the first ones are enough.
    static let maximumWritten = 50

    /// One line per problem.
    public var description: String {
        var lines = problems.prefix(Self.maximumWritten).map(\.description)
        if problems.count > Self.maximumWritten { lines.append("and \(problems.count - Self.maximumWritten) more") }
        return lines.joined(separator: "\n")
    }
}
