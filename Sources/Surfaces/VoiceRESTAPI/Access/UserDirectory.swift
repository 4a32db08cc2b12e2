import Management
import Routing

/// The users of the voice REST interface as they are provisioned at a moment.
public struct UserDirectory: Sendable {
    private let read: @Sendable () async -> [User]?

    /// `read` gives all users; nil when the switch has stopped.
    public init(_ read: @escaping @Sendable () async -> [User]?) { self.read = read }

    /// The users that calls of a running switch heed.
    public init(_ management: SwitchManagement) {
        self.init { await management.tables()?.users }
    }

    func users() async -> [User]? { await read() }
}
