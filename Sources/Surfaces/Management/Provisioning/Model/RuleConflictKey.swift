import Addresses
import Routing

/// What two authentication rules may not have in common: everything that decides which calls they fit.
struct RuleConflictKey: Hashable {
    private var network: IPNetwork?
    private var protocolNumber: Int
    private var numbers: [String?]
    private var domains: [String?]

    init(_ rule: AuthenticationRule) {
        network = rule.remoteIP.flatMap { IPNetwork($0)?.masked }
        protocolNumber = rule.protocolNumber
        numbers = [rule.cli, rule.cld]
        domains = [rule.toDomain?.lowercased(), rule.fromDomain?.lowercased()]
    }
}
