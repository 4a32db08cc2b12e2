import Addresses

/// The limits of the whole switch (`limits` of the configuration); 0 for none.
public struct SwitchLimits: Equatable, Sendable {
    /// Most calls at once.
    public var calls: Int
    /// Most new calls in any second.
    public var callsPerSecond: Int
    /// Most new calls in any second from one address.
    public var callsPerSecondPerSource: Int

    public init(calls: Int = 10_000, callsPerSecond: Int = 0, callsPerSecondPerSource: Int = 0) {
        self.calls = calls
        self.callsPerSecond = callsPerSecond
        self.callsPerSecondPerSource = callsPerSecondPerSource
    }
}

/// The limit that refused a call; ids are those of the provisioning.
public enum AdmissionLimit: Equatable, Sendable {
    case switchCalls
    case switchRate
    case sourceRate(IPAddress)
    case customerCalls(Int)
    case customerRate(Int)
    case accountCalls(Int)
    case accountRate(Int)
    case connectionCalls(Int)
    case connectionRate(Int)
    case ruleCalls(Int)
    case ruleRate(Int)

    /// What was reached, for records and logs: `max_sessions of account 3`.
    public var sentence: String {
        switch self {
        case .switchCalls: "limits.calls of the switch"
        case .switchRate: "limits.calls_per_second of the switch"
        case .sourceRate(let address): "limits.calls_per_second_per_source for \(address)"
        case .customerCalls(let id): "max_sessions of customer \(id)"
        case .customerRate(let id): "max_calls_per_second of customer \(id)"
        case .accountCalls(let id): "max_sessions of account \(id)"
        case .accountRate(let id): "max_calls_per_second of account \(id)"
        case .connectionCalls(let id): "capacity of connection \(id)"
        case .connectionRate(let id): "max_calls_per_second of connection \(id)"
        case .ruleCalls(let id): "max_sessions of authentication rule \(id)"
        case .ruleRate(let id): "max_calls_per_second of authentication rule \(id)"
        }
    }
}

/// The limits of the authentication rule that let a call in.
public struct RuleLimits: Equatable, Sendable {
    /// `i_authentication`.
    public var rule: Int
    /// Most calls at once; -1 for no limit.
    public var maxSessions: Int
    /// Most new calls in any second; -1 for no limit.
    public var maxCallsPerSecond: Int

    public init(rule: Int, maxSessions: Int, maxCallsPerSecond: Int) {
        self.rule = rule
        self.maxSessions = maxSessions
        self.maxCallsPerSecond = maxCallsPerSecond
    }

    /// The limits of the rule that an account was trusted by; nil where it has none.
    public init?(_ trusted: AuthenticatedAccount) {
        guard let terms = trusted.terms, terms.maxSessions >= 0 || terms.maxCallsPerSecond >= 0 else { return nil }
        self.init(rule: trusted.rule, maxSessions: terms.maxSessions, maxCallsPerSecond: terms.maxCallsPerSecond)
    }
}

/// Names one admission until it is released; released twice it does nothing.
public struct AdmissionTicket: Hashable, Sendable, BitwiseCopyable {
    let handle: UInt64
}

/// What admission says to a call or an attempt.
public enum AdmissionVerdict: Equatable, Sendable {
    /// It counts from now on, until the ticket is released.
    case admitted(AdmissionTicket)
    /// It would exceed the limit; nothing was counted.
    case refused(by: AdmissionLimit)
}
