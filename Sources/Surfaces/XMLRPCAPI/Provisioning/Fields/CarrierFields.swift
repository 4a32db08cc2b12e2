import Accounting
import Management
import Routing
import SQLiteStore
import XMLRPCValues

extension DocumentedFields {
    /// `createVendor` and its kin (§4.4).
    static let vendor = ObjectFields<Vendor>(
        [.text("name", \.name)],
        keeping: .secrets("web_password"), .texts("web_login", "base_currency", "i_lang"), .contacts,
        .integers(["i_time_zone": 1, "i_export_type": 1, "i_password_policy": 1, "decimal_precision": nil]),
        .numbers(["balance": 0]), .booleans("round_up", "cost_round_up"))
}

extension DocumentedFields {
    /// `createVendorConnection` and its kin (§4.4).
    static let connection = ObjectFields<Connection>(
        [
            .text("name", \.name), .integer("i_vendor", \.vendor), carrierAddress, carrierTransport,
            .optionalText("username", \.username), .secret("password", \.password), .limit("capacity", \.capacity),
            .boolean("enforce_capacity", \.enforcesCapacity), .rate("max_cps", \.maxCallsPerSecond),
            .boolean("blocked", \.isBlocked), .text("huntstop_scodes", \.huntstopCodes),
            .seconds("timeout_100", \.timeout1xx), .optionalText("translation_rule", \.cldTranslation),
            .optionalText("cli_translation_rule", \.cliTranslation),
        ],
        keeping: .texts(
            "outbound_proxy", "outbound_ip", "from_domain", "diversion_translation", "asserted_id_translation",
            "description"),
        .integers([
            "i_protocol": 1, "i_media_relay": nil, "i_media_relay_type": nil, "redirect_depth_limit": nil,
            "i_privacy_mode": nil, "qmon_stat_window": nil, "qmon_acd_threshold": nil, "qmon_asr_threshold": nil,
            "qmon_pdd_threshold": nil, "qmon_retry_interval": nil, "qmon_retry_batch": nil, "qmon_action": nil,
        ]),
        .booleans(
            "ignore_lrn", "single_outbound_port", "accept_redirects", "enable_diversion", "use_asserted_id",
            "use_priv_id_as_cli", "random_call_id", "pass_ruri_params", "qmon_acd_enabled", "qmon_asr_enabled",
            "qmon_pdd_enabled", "qmon_notification_enabled"),
        .booleans("trusted_privacy_domain", isTrue: true))

    /// `host[:port]`, or a SIP URI where that says more.
    private static var carrierAddress: ProvisioningField<Connection> {
        ProvisioningField(
            name: "destination", read: { .string(CarrierAddress($0.object.destination).shown) },
            write: { arguments, connection in
                guard let text = try arguments.string("destination") else { return }
                var address = CarrierAddress(connection.object.destination)
                address.replace(by: text)
                connection.object.destination = address.uri
            })
    }

    /// 1 UDP, 2 TCP, 3 TLS.
    private static var carrierTransport: ProvisioningField<Connection> {
        ProvisioningField(
            name: "i_proto_transport", read: { .int(CarrierAddress($0.object.destination).transport) },
            write: { arguments, connection in
                guard let transport = try arguments.integer("i_proto_transport") else { return }
                guard CarrierAddress.transports.indices.contains(transport - 1) else {
                    throw XMLRPCFault.wrongReference("i_proto_transport")
                }
                var address = CarrierAddress(connection.object.destination)
                address.transport = transport
                connection.object.destination = address.uri
            })
    }
}

/// Where a connection leads, as `host[:port]` and a transport or as the SIP URI of the provisioning file.
struct CarrierAddress: Equatable {
    /// Words of URIs, in the order of the numbers from 1 on.
    static let transports = ["udp", "tcp", "tls"]

    /// The host with its port; a whole URI where that has more parts than these.
    private var host: String
    private var isWhole = false
    /// Number of the transport.
    var transport = 1

    init(_ uri: String) {
        host = ""
        replace(by: uri)
    }

    /// Takes another host, or another URI with its transport.
    mutating func replace(by text: String) {
        isWhole = false
        host = text
        guard text.lowercased().hasPrefix("sip:") || text.lowercased().hasPrefix("sips:") else { return }
        let parts = text.split(separator: ";", omittingEmptySubsequences: false)
        let word = parts.count == 2 ? parts[1].lowercased() : ""
        let known = Self.transports.firstIndex { word == "transport=\($0)" }
        guard parts[0].lowercased().hasPrefix("sip:"), parts.count == 1 || known != nil else { return isWhole = true }
        host = String(parts[0].dropFirst(4))
        transport = (known ?? 0) + 1
    }

    /// As the provisioning file writes it.
    var uri: String {
        if isWhole || host.isEmpty { return host }
        return transport == 1 ? "sip:\(host)" : "sip:\(host);transport=\(Self.transports[transport - 1])"
    }

    /// As the interface shows it.
    var shown: String { host }
}

extension DocumentedFields {
    /// `addDestinationSet` and its kin (§4.5).
    static let destinationSet = ObjectFields<DestinationSet>(
        [.text("name", \.name)],
        keeping: .texts(
            "currency", "description", "remote_management_key", "local_calling_cli_validation_rule",
            "cld_translation_rule", "cli_translation_rule"),
        .numbers(["post_call_surcharge": 0, "connect_fee": 0]),
        .integers(["free_seconds": 0, "grace_period": 0, "remote_management_type": 0]),
        .booleans("local_calling", "notify_on_import_error"))
}

extension DocumentedFields {
    /// `addRouteToDestinationSet` and its kin (§4.5).
    static let route = ObjectFields<Route>(
        [
            .integer("preference", \.preference), .flag("huntstop", \.huntstop), .seconds("timeout", \.timeout2xx),
            .seconds("timeout_1xx", \.timeout1xx), firstPrice, .price("price_n", \.price),
            .boolean("forbidden", \.forbidden), .date("activation_date", \.validity.activation),
            .date("expiration_date", \.validity.expiration),
        ],
        keeping: .integers(["interval_1": 1, "interval_n": 1]))

    /// The price of the first interval, which is kept; where it comes alone it is the price of the route.
    private static var firstPrice: ProvisioningField<Route> {
        ProvisioningField(
            name: "price_1",
            read: { route in
                switch route.attributes["price_1"] {
                case .number(let price): .double(price)
                case .integer(let price): .double(Double(price))
                default: .double(Double(route.object.price.description) ?? 0)
                }
            },
            write: { arguments, route in
                guard let price = try arguments.double("price_1") else { return }
                if !arguments.has("price_n"), route.attributes["price_1"] == nil, route.object.price == .zero {
                    try ProvisioningField.price("price_1", \.price).write(arguments, &route)
                }
                route.attributes["price_1"] = .number(price)
            })
    }
}

extension DocumentedFields {
    /// `addRoutingGroup` and its kin (§4.6).
    static let group = ObjectFields<RoutingGroup>(
        [.text("name", \.name), policy],
        keeping: .texts("description", "lrn_translation_rule"),
        .integers([
            "i_media_relay": nil, "onnet_i_connection": nil, "onnet_voicemail_i_connection": nil, "onnet_scope": 1,
            "timeout_2xx": nil, "onnet_timeout_100": nil, "onnet_timeout_1xx": nil, "onnet_timeout_2xx": nil,
        ]),
        .booleans("disable_onnet_routing", "disable_onnet_voicemail", "lrn_enabled", "stir_shaken_enabled"))

    /// Policies of the interface that have another name here.
    private static let policyAliases: [String: RoutingPolicy] = [
        "prefix,preference": .prefix, "order,weight": .weighted, "weight": .weighted,
    ]

    private static var policy: ProvisioningField<RoutingGroup> {
        ProvisioningField(
            name: "policy",
            read: { group in
                if case .text(let word) = group.attributes["policy"], policyAliases[word] == group.object.policy {
                    return .string(word)
                }
                return .string(group.object.policy.rawValue)
            },
            write: { arguments, group in
                guard let word = try arguments.string("policy") else { return }
                guard let policy = RoutingPolicy(rawValue: word) ?? policyAliases[word] else {
                    let known = RoutingPolicy.allCases.map(\.rawValue) + policyAliases.keys.sorted()
                    throw XMLRPCFault.wrongType("policy", "one of \(known.joined(separator: "; "))")
                }
                group.object.policy = policy
                group.attributes["policy"] = policyAliases[word] == nil ? nil : .text(word)
            })
    }
}

extension DocumentedFields {
    /// `addRoutingGroupMember` and its kin (§4.6).
    static let member = ObjectFields<RoutingGroupMember>(
        [
            .integer("i_connection", \.connection), .integer("i_destination_set", \.destinationSet),
            .integer("preference", \.preference), .integer("weight", \.weight),
            .date("activation_date", \.validity.activation), .date("expiration_date", \.validity.expiration),
        ],
        keeping: .integers(["stir_shaken_as_mode": nil]))
}

extension DocumentedFields {
    /// `addDID` and its kin (§4.8).
    static let number = ObjectFields<DID>(
        [
            .text("did", \.number), incoming, .reference("i_account", \.account), application, numberConnection,
        ],
        keeping: .texts("translation_rule", "cli_translation_rule", "description", "incoming_cli"),
        .integers([
            "i_did_allocated_from": nil, "i_dids_charging_group": nil, "i_vendor": nil,
            "buying_i_dids_charging_group": nil,
        ]))

    /// The number as it comes in, which is the same in most cases.
    private static var incoming: ProvisioningField<DID> {
        ProvisioningField(
            name: "incoming_did", read: { .string($0.object.matchedNumber) },
            write: { arguments, did in
                guard let number = try arguments.string("incoming_did") else { return }
                did.object.incomingNumber = number == did.object.number ? nil : number
            })
    }

    /// Id of an application where that is a number, else its text.
    private static var application: ProvisioningField<DID> {
        ProvisioningField(
            name: "i_ivr_application",
            read: { did in
                guard let id = did.object.application else { return .null }
                return Int(id).map { .int($0) } ?? .string(id)
            },
            write: { arguments, did in did.object.application = try arguments.string("i_ivr_application") })
    }

    /// The connection that a number without another target leads to; beside one it is where the number is bought, and
    /// kept only.
    private static var numberConnection: ProvisioningField<DID> {
        ProvisioningField(
            name: "i_connection",
            read: { did in
                if let target = did.object.connection { return .int(target) }
                if case .integer(let kept) = did.attributes["i_connection"] { return .int(kept) }
                return .null
            },
            write: { arguments, did in
                let id = try arguments.integer("i_connection")
                let isTarget = did.object.account == nil && did.object.application == nil
                did.object.connection = isTarget ? id : nil
                did.attributes["i_connection"] = isTarget ? nil : id.map { .integer($0) }
            })
    }
}
