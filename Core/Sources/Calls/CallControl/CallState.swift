/// The state of a call as operators see it; the words are those of the XML-RPC interface.
public enum CallState: UInt8, Hashable, Sendable, CaseIterable {
    /// The INVITE has arrived and its handling has begun. Exits: `waitAuth`, `dead`.
    case idle
    /// The caller is being authenticated. Exits: `waitRoute`, `dead`.
    case waitAuth
    /// The caller is known, the routes are not. Exits: `arComplete`, `dead`.
    case waitRoute
    /// Authenticated and routed; all attempts, failovers and ringing happen here. Exits: `connected`, `disconnecting`.
    case arComplete
    /// Both legs are answered. Exit: `disconnecting`.
    case connected
    /// At least one leg is still being ended. Exit: `dead`.
    case disconnecting
    /// Finished; late messages are absorbed until the call is forgotten.
    case dead

    /// The name as the interfaces write it.
    public var name: String {
        switch self {
        case .idle: "Idle"
        case .waitAuth: "WaitAuth"
        case .waitRoute: "WaitRoute"
        case .arComplete: "ARComplete"
        case .connected: "Connected"
        case .disconnecting: "Disconnecting"
        case .dead: "Dead"
        }
    }

    /// Whether listActiveCalls shows calls in this state.
    public var isActive: Bool { self == .waitRoute || self == .arComplete || self == .connected }
}
