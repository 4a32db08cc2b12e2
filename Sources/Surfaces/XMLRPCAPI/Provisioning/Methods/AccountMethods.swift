import Management
import Routing
import SQLiteStore
import XMLRPCValues

extension ProvisioningMethodMaker {
    /// Accounts (§4.1).
    var accounts: [XMLRPCMethod] {
        [createAccount, updateAccount, accountInformation, accountList, deleteAccount, registration]
            + blocking("blockAccount", isBlocked: true) + blocking("unblockAccount", isBlocked: false)
    }

    private var createAccount: XMLRPCMethod {
        method(
            "createAccount",
            """
            Makes an account of the customer. Required: username, web_password, authname, voip_password, i_billing_plan, \
            and i_routing_group under root. Result: i_account, username, authname and the passwords.
            """
        ) { [ledger] arguments, scope in
            try arguments.demand("username", "web_password", "authname", "voip_password", "i_billing_plan")
            guard try arguments.requiredInteger("i_billing_plan") > 0 else {
                throw XMLRPCFault.wrongReference("i_billing_plan")
            }
            let voicemail = try arguments.string("vm_password")
            let made = try await ledger.createAccount(in: scope) { account in
                try DocumentedFields.account.fill(&account, from: arguments)
                if voicemail == nil {
                    account.attributes["vm_password"] = .text("\(Int.random(in: 1000...9999))")
                }
            }
            return [
                .init("i_account", .int(made.object.id)), .init("username", .optional(made.object.username)),
                .init("authname", .optional(made.object.authname)),
                .init("web_password", .string(made.keptText("web_password") ?? "")),
                .init("voip_password", .optional(made.object.voipPassword)),
                .init("vm_password", .string(made.keptText("vm_password") ?? "")),
            ]
        }
    }

    private var updateAccount: XMLRPCMethod {
        method("updateAccount", "Changes an account. Required: i_account; every member of createAccount may be given.")
        {
            [ledger] arguments, scope in
            let id = try arguments.requiredInteger("i_account")
            try await ledger.updateAccount(id, in: scope) { try DocumentedFields.account.fill(&$0, from: arguments) }
            return [.init("i_account", .int(id))]
        }
    }

    private var accountInformation: XMLRPCMethod {
        method(
            "getAccountInfo",
            "Everything about an account but its passwords, named by i_account or username. The balance is inverted."
        ) { [ledger] arguments, scope in
            let account: Provisioned<Account>
            if let id = try arguments.integer("i_account") {
                account = try await ledger.account(id, in: scope)
            } else if let username = try arguments.string("username") {
                account = try await ledger.account(username: username, in: scope)
            } else {
                throw XMLRPCFault.missing("i_account")
            }
            var members: [XMLRPCStruct.Member] = [
                .init("i_account", .int(account.object.id)), .init("i_customer", .int(account.object.customer)),
                .init("expired", Self.hasExpired(account)), .init("base_currency", Self.currency(of: account)),
                .init("registration_status", .null),
            ]
            members += DocumentedFields.account.members(of: account)
            return members
        }
    }

    private static func hasExpired(_ account: Provisioned<Account>) -> XMLRPCValue {
        .int((account.object.expiration ?? .max) <= ProvisioningLedger.wallClock ? 1 : 0)
    }

    private static func currency(of account: Provisioned<Account>) -> XMLRPCValue {
        .string(account.keptText("payment_currency") ?? "USD")
    }

    private var accountList: XMLRPCMethod {
        method(
            "listAccounts",
            "The accounts of the customer and of those below it. Optional: offset, limit. Result: accounts."
        ) { [ledger] arguments, scope in
            let accounts = try await ledger.accounts(try arguments.page(), in: scope)
            return [Self.list("accounts", accounts.map(Self.row))]
        }
    }

    private static func row(_ account: Provisioned<Account>) -> [XMLRPCStruct.Member] {
        let inverted = account.keptNumber("balance") ?? 0
        return [
            .init("i_account", .int(account.object.id)), .init("username", .string(account.object.username ?? "")),
            .init("description", .string(account.keptText("description") ?? "")),
            .init("blocked", .int(account.object.isBlocked ? 1 : 0)), .init("expired", hasExpired(account)),
            .init("balance", .double(inverted == 0 ? 0 : -inverted)),
            .init("credit_limit", .double(account.keptNumber("credit_limit") ?? 0)),
            .init("base_currency", currency(of: account)), .init("registration_status", .null),
            .init("authname", .string(account.object.authname ?? "")),
            .init("i_customer", .int(account.object.customer)),
        ]
    }

    private var deleteAccount: XMLRPCMethod {
        method(
            "deleteAccount", "Removes an account with its authentication rules and ends its calls. Required: i_account."
        ) { [ledger] arguments, scope in
            try await ledger.deleteAccount(try arguments.requiredInteger("i_account"), in: scope)
            return []
        }
    }

    private func blocking(_ name: String, isBlocked: Bool) -> [XMLRPCMethod] {
        methods([name], "\(isBlocked ? "Refuses" : "Admits") new calls of an account. Required: i_account.") {
            [ledger] arguments, scope in
            let id = try arguments.requiredInteger("i_account")
            try await ledger.updateAccount(id, in: scope) { $0.object.isBlocked = isBlocked }
            return []
        }
    }

    private var registration: XMLRPCMethod {
        method("getRegistrationStatus", "Where an account is registered. Required: i_account.") {
            [ledger] arguments, scope in
            _ = try await ledger.account(try arguments.requiredInteger("i_account"), in: scope)
            throw XMLRPCFault(403, "Account is not registered")
        }
    }

    // MARK: Authentication rules

    /// Authentication rules (§4.2).
    var rules: [XMLRPCMethod] { [addRule, updateRule, deleteRule, ruleInformation, ruleList] }

    private static let conditions = ["remote_ip", "incoming_cli", "incoming_cld", "to_domain", "from_domain"]

    private var addRule: XMLRPCMethod {
        method(
            "addAuthRule",
            """
            Trusts calls as those of an account. Required: i_account, i_protocol, and one of remote_ip, incoming_cli, \
            incoming_cld, to_domain, from_domain. Result: i_authentication.
            """
        ) { [ledger] arguments, scope in
            let account = try arguments.requiredInteger("i_account")
            try arguments.demand("i_protocol")
            guard try Self.conditions.contains(where: { try arguments.string($0)?.isEmpty == false }) else {
                throw XMLRPCFault.missing("remote_ip")
            }
            let made = try await ledger.createRule(ofAccount: account, in: scope) {
                try DocumentedFields.rule.fill(&$0, from: arguments)
            }
            return [.init("i_authentication", .int(made.object.id))]
        }
    }

    private var updateRule: XMLRPCMethod {
        method("updateAuthRule", "Changes an authentication rule. Required: i_authentication.") {
            [ledger] arguments, scope in
            let id = try arguments.requiredInteger("i_authentication")
            try await ledger.updateRule(id, in: scope) { try DocumentedFields.rule.fill(&$0, from: arguments) }
            return [.init("i_authentication", .int(id))]
        }
    }

    private var deleteRule: XMLRPCMethod {
        method("delAuthRule", "Removes an authentication rule. Required: i_authentication.") {
            [ledger] arguments, scope in
            try await ledger.deleteRule(try arguments.requiredInteger("i_authentication"), in: scope)
            return []
        }
    }

    private var ruleInformation: XMLRPCMethod {
        method("getAuthRuleInfo", "An authentication rule. Required: i_authentication. Result: authrule.") {
            [ledger] arguments, scope in
            let rule = try await ledger.rule(try arguments.requiredInteger("i_authentication"), in: scope)
            return [.init("authrule", .structure(XMLRPCStruct(Self.members(of: rule))))]
        }
    }

    private var ruleList: XMLRPCMethod {
        method(
            "listAuthRules",
            """
            Authentication rules. Optional: i_account, i_authentication, i_protocol, remote_ip, offset, limit. Result: \
            authrules.
            """
        ) { [ledger] arguments, scope in
            var filter = RuleFilter()
            filter.account = try arguments.integer("i_account")
            filter.rule = try arguments.integer("i_authentication")
            filter.protocolNumber = try arguments.integer("i_protocol")
            filter.remoteIP = try arguments.string("remote_ip")
            let rules = try await ledger.rules(filter, try arguments.page(), in: scope)
            return [Self.list("authrules", rules.map(Self.members))]
        }
    }

    private static func members(of rule: Provisioned<AuthenticationRule>) -> [XMLRPCStruct.Member] {
        var members: [XMLRPCStruct.Member] = [
            .init("i_authentication", .int(rule.object.id)), .init("i_account", .int(rule.object.account)),
        ]
        members += DocumentedFields.rule.members(of: rule)
        return members
    }
}
