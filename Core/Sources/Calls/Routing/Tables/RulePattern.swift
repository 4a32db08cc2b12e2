/// What an authentication rule says about one number.
enum RulePattern {
    case any
    case beginning([UInt8])
    case exact([UInt8])

    /// Longest pattern and longest domain, in bytes.
    static let maximumLength = 64

    /// `text` ends in `*` for a beginning.
    init(_ text: String?) {
        guard let text else {
            self = .any
            return
        }
        let bytes = Array(text.utf8)
        self = bytes.last == UInt8(ascii: "*") ? .beginning(bytes.dropLast()) : .exact(bytes)
    }

    /// A domain, which is compared in lower case.
    init(domain: String?) {
        self = domain.map { .exact(RuleConditions.lowercased(Array($0.utf8))) } ?? .any
    }

    /// 0 for any, 1 + length for a beginning, 255 for exact: higher is more specific.
    var shape: UInt8 {
        switch self {
        case .any: 0
        case .beginning(let bytes): UInt8(clamping: 1 + min(bytes.count, 253))
        case .exact: 255
        }
    }

    var bytes: [UInt8] {
        switch self {
        case .any: []
        case .beginning(let bytes), .exact(let bytes): bytes
        }
    }
}

/// Everything but the address that authentication rules look at in a call.
public struct RuleConditions: Sendable {
    /// The caller's number as it comes in.
    public var cli: [UInt8]
    /// The dialled number as it comes in.
    public var cld: [UInt8]
    /// Host of the To header in lower case.
    public var toDomain: [UInt8]
    /// Host of the From header in lower case.
    public var fromDomain: [UInt8]

    public init(cli: [UInt8], cld: [UInt8], toDomain: [UInt8] = [], fromDomain: [UInt8] = []) {
        self.cli = cli
        self.cld = cld
        self.toDomain = toDomain
        self.fromDomain = fromDomain
    }

    /// A host as rules compare it.
    public static func lowercased(_ host: [UInt8]) -> [UInt8] {
        host.map { $0 &- 65 < 26 ? $0 | 0x20 : $0 }
    }
}

/// What a rule says beside its account about the calls that it lets in.
public final class RuleTerms: Sendable {
    /// Translation of the caller's number, before the account's.
    public let cliTranslation: NumberTranslation?
    /// Translation of the dialled number, before the account's.
    public let cldTranslation: NumberTranslation?
    /// Position of its routing group; nil for the account's.
    public let routingGroup: Int?
    /// Most calls at once; -1 for no limit.
    public let maxSessions: Int
    /// Most new calls in any second; -1 for no limit.
    public let maxCallsPerSecond: Int

    init(
        cli: NumberTranslation?, cld: NumberTranslation?, routingGroup: Int?, maxSessions: Int, maxCallsPerSecond: Int
    ) {
        cliTranslation = cli
        cldTranslation = cld
        self.routingGroup = routingGroup
        self.maxSessions = maxSessions
        self.maxCallsPerSecond = maxCallsPerSecond
    }
}
