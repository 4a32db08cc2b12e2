import Management
import Routing
import SQLiteStore
import XMLRPCValues

extension DocumentedFields {
    /// `createAccount` and its kin (active-calls-xmlrpc.md §4.1).
    static let account = ObjectFields<Account>(
        [
            .optionalText("username", \.username), .optionalText("authname", \.authname),
            .secret("voip_password", \.voipPassword), .optionalText("translation_rule", \.cldTranslation),
            .optionalText("cli_translation_rule", \.cliTranslation), .limit("max_sessions", \.maxSessions),
            .limit("max_calls_per_second", \.maxCallsPerSecond, isNullable: true),
            .seconds("max_credit_time", \.maxCreditTime), .flag("blocked", \.isBlocked),
            .reference("i_routing_group", \.routingGroup), lifetime,
        ],
        keeping: .secrets("web_password", "vm_password"),
        .texts(
            "cpe_number", "i_lang", "payment_currency", "vm_notify_emails", "vm_forward_emails", "batch_tag",
            "caller_name", "p_assrt_id_translation_rule", "privacy_schemas", "start_page", "description"),
        .contacts,
        .integers([
            "i_billing_plan": nil, "i_time_zone": 1, "vm_enabled": 0, "payment_method": 1, "i_export_type": 1,
            "reg_allowed": 1, "welcome_call_ivr": 0, "i_password_policy": 1, "preferred_codec": nil,
            "on_payment_action": nil, "i_media_relay_type": nil, "vm_timeout": nil, "vm_check_number": nil,
            "vm_dialin_access": nil, "i_account_class": nil, "i_commission_agent": nil, "lan_access": nil,
            "i_provisioning": nil, "invoicing_enabled": nil, "i_invoice_template": nil, "i_caller_name_type": nil,
            "followme_enabled": nil, "i_incoming_anonymous_action": nil,
        ]),
        .numbers(["credit_limit": 0, "balance": 0, "min_payment_amount": 0, "commission_size": nil]),
        .booleans(
            "use_preferred_codec_only", "trust_cli", "disallow_loops", "vm_del_after_fwd", "hide_own_cli",
            "block_incoming_anonymous", "dnd_enabled", "pass_p_asserted_id", "trust_privacy_hdrs", "dncl_lookup",
            "generate_ringbacktone", "allow_free_onnet_calls"))

    /// Days for which the account may be used, from when they are set; -1 is endless.
    private static var lifetime: ProvisioningField<Account> {
        ProvisioningField(
            name: "lifetime",
            read: { account in
                guard case .integer(let days) = account.attributes["lifetime"] else { return .int(-1) }
                return .int(days)
            },
            write: { arguments, account in
                guard let days = try arguments.integer("lifetime") else { return }
                guard (-1...36_500).contains(days) else {
                    throw XMLRPCFault.wrongType("lifetime", "-1, or a number of days up to 36500")
                }
                let now = ProvisioningLedger.wallClock
                account.object.expiration = days < 0 ? nil : now + Int64(days) * 86_400_000
                account.attributes["lifetime"] = .integer(days)
            })
    }
}

extension DocumentedFields {
    /// `addAuthRule` and its kin (§4.2).
    static let rule = ObjectFields<AuthenticationRule>(
        [
            .integer("i_protocol", \.protocolNumber), .optionalText("remote_ip", \.remoteIP, isNullable: true),
            .optionalText("incoming_cli", \.cli, isNullable: true),
            .optionalText("incoming_cld", \.cld, isNullable: true),
            .optionalText("to_domain", \.toDomain, isNullable: true),
            .optionalText("from_domain", \.fromDomain, isNullable: true),
            .optionalText("cli_translation_rule", \.cliTranslation),
            .optionalText("cld_translation_rule", \.cldTranslation),
            .reference("i_routing_group", \.routingGroup), .limit("max_sessions", \.maxSessions),
            .rate("max_cps", \.maxCallsPerSecond),
        ],
        keeping: .integers(["i_tariff": nil]))
}

extension DocumentedFields {
    /// `createCustomer` and its kin (§4.3).
    static let customer = ObjectFields<Customer>(
        [
            .text("name", \.name), .optionalText("web_login", \.webLogin), .secret("api_password", \.apiPassword),
            .flag("api_access", \.apiAccess), .limit("max_sessions", \.maxSessions, isNullable: true),
            .limit("max_calls_per_second", \.maxCallsPerSecond, isNullable: true),
            .reference("i_routing_group", \.routingGroup), .reference("max_depth", \.maxDepth),
            permissions("accounts_mgmt", \.accountPermissions), permissions("customers_mgmt", \.customerPermissions),
        ],
        keeping: .secrets("web_password"),
        .texts("payment_currency", "i_lang", "accounts_matching_rule", "dns_alias", "description"), .contacts,
        .integers([
            "i_tariff": nil, "payment_method": 1, "system_mgmt": 0, "tariffs_mgmt": 0, "vouchers_mgmt": 0,
            "api_mgmt": 7, "overcommit_limit": nil, "i_time_zone": 1, "i_export_type": 1, "i_password_policy": 1,
        ]),
        .numbers(["balance": 0, "credit_limit": 0]),
        .booleans(
            "use_own_tariff", "overcommit_protection", "did_pool_enabled", "ivr_apps_enabled", "asr_acd_enabled",
            "callshop_enabled", "conferencing_enabled", "dncl_enabled"))

    private static func permissions(
        _ name: String, _ path: WritableKeyPath<Customer, CustomerPermissions> & Sendable
    ) -> ProvisioningField<Customer> {
        ProvisioningField(
            name: name, read: { .int($0.object[keyPath: path].rawValue) },
            write: { arguments, customer in
                guard let mask = try arguments.integer(name) else { return }
                customer.object[keyPath: path] = CustomerPermissions(rawValue: mask)
            })
    }
}
