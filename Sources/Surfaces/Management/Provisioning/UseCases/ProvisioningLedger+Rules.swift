import Routing
import SQLiteStore

/// Which authentication rules are asked for; what is nil does not matter.
public struct RuleFilter: Sendable {
    public var account: Int?
    public var rule: Int?
    public var protocolNumber: Int?
    public var remoteIP: String?

    public init() {}

    func fits(_ rule: AuthenticationRule) -> Bool {
        (account ?? rule.account) == rule.account && (self.rule ?? rule.id) == rule.id
            && (protocolNumber ?? rule.protocolNumber) == rule.protocolNumber
            && (remoteIP == nil || remoteIP == rule.remoteIP)
    }
}

/// Authentication rules, which belong to accounts.
extension ProvisioningLedger {
    /// Makes a rule of an account; a rule that fits the same calls as another is a conflict.
    public func createRule(
        ofAccount account: Int, in scope: AccessScope, _ fill: @escaping Change<AuthenticationRule>
    ) async throws -> Provisioned<AuthenticationRule> {
        try await change(in: scope) { draft in
            let account = try draft.account(account)
            try draft.demand(.edit, \.accountPermissions, "authentication rules")
            let made = try draft.create(
                in: .authenticationRules, { AuthenticationRule(id: $0, account: account.id, remoteIP: nil) }, fill)
            try draft.check(made.object)
            draft.add(made, .object(.authenticationRules, id: made.object.id)) { .rule($0) }
            return made
        }
    }

    /// Changes a rule.
    public func updateRule(
        _ id: Int, in scope: AccessScope, _ change: @escaping Change<AuthenticationRule>
    ) async throws {
        try await self.change(in: scope) { draft in
            let before = try draft.rule(id)
            try draft.demand(.edit, \.accountPermissions, "authentication rules")
            let owner = AttributeOwner.object(.authenticationRules, id: id)
            let after = try draft.changed(before, owner, change)
            try draft.check(after.object, before: before)
            draft.replace(before, by: after, owner) { .rule($0) }
            draft.revive(before)
        }
    }

    /// A rule.
    public func rule(_ id: Int, in scope: AccessScope) async throws -> Provisioned<AuthenticationRule> {
        try await read(in: scope) { draft in
            let rule = try draft.rule(id)
            return Provisioned(rule, attributes: try draft.attributes(of: .object(.authenticationRules, id: id)))
        }
    }

    /// The rules that fit the filter, in the order of their ids. Throws `wrongReference` for an account that is named and
    /// out of scope.
    public func rules(
        _ filter: RuleFilter, _ page: ProvisioningPage = .all, in scope: AccessScope
    ) async throws -> [Provisioned<AuthenticationRule>] {
        try await list(in: scope) { draft in
            let candidates: [AuthenticationRule]
            if let account = filter.account {
                candidates = draft.model.rules(of: try draft.account(account).id)
            } else {
                candidates = draft.model.rules.all
            }
            return page.apply(
                to: candidates.lazy.filter { filter.fits($0) && (try? draft.account($0.account)) != nil }
            ).map(\.id)
        } _: { draft, ids in
            try draft.provisioned(ids.compactMap { draft.model.rules[$0] }, in: .authenticationRules, id: \.id)
        }
    }

    /// Removes a rule.
    public func deleteRule(_ id: Int, in scope: AccessScope) async throws {
        try await change(in: scope) { draft in
            let rule = try draft.rule(id)
            try draft.demand(.edit, \.accountPermissions, "authentication rules")
            draft.remove(rule)
        }
    }
}

extension ProvisioningDraft {
    mutating func remove(_ rule: AuthenticationRule) {
        apply(.rule(.init(from: rule, to: nil)))
        revive(rule)
    }

    /// Lets the rule step in that has the conditions which `rule` had, as files may have it.
    fileprivate mutating func revive(_ rule: AuthenticationRule) {
        if let next = model.conflict(with: rule) { apply(.rule(.init(from: next, to: next))) }
    }

    /// The rule, where its account is in scope.
    fileprivate func rule(_ id: Int) throws(ManagementError) -> AuthenticationRule {
        guard let rule = model.rules[id], (try? account(rule.account)) != nil else {
            throw .wrongReference("i_authentication")
        }
        return rule
    }

    fileprivate func check(
        _ rule: AuthenticationRule, before: AuthenticationRule? = nil
    ) throws(ManagementError) {
        try checkGroup(rule.routingGroup, before: before?.routingGroup)
        if let other = model.conflict(with: rule) {
            let isVisible = (try? account(other.account)) != nil
            let name = isVisible ? " (\(other.id))" : ""
            throw ManagementError(
                .conflict, member: "remote_ip",
                message: "conflicting parameters: another authentication rule\(name) fits the same calls")
        }
    }
}
