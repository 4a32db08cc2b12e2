import Routing
import SQLiteStore

extension ManagementError {
    /// What a surface is told where a change failed; errors of the surface itself stay as they are.
    init(refusing error: ProvisioningError) {
        let key = error.key.split(separator: ".").last.map(String.init) ?? error.key
        let member = Self.members[key] ?? key
        if member.hasPrefix("i_") {
            self = .wrongReference(member)
        } else if error.allowed.contains("no other") || error.allowed.contains("once in") {
            self.init(.conflict, member: member, message: "\(member) is taken; allowed is \(error.allowed)")
        } else {
            self = .invalidValue(member, allowed: error.allowed)
        }
    }

    /// What a surface is told where a change failed.
    static func refusing(_ error: any Error) -> any Error {
        switch error {
        case let error as ProvisioningError: ManagementError(refusing: error)
        case let error as StoreError:
            ManagementError(.unavailable, message: "The store cannot be used: \(error.reason)")
        default: error
        }
    }

    /// Keys of the provisioning files, by the names that their values have on the XML-RPC interface.
    private static let members = [
        "customer": "i_customer", "parent": "i_wholesaler", "account": "i_account", "vendor": "i_vendor",
        "connection": "i_connection", "destination_set": "i_destination_set", "routing_group": "i_routing_group",
        "cli": "incoming_cli", "cld": "incoming_cld", "huntstop_codes": "huntstop_scodes", "number": "did",
        "incoming_number": "incoming_did", "cli_translation": "cli_translation_rule",
        "cld_translation": "translation_rule", "timeout_2xx": "timeout", "application": "i_ivr_application",
    ]
}
