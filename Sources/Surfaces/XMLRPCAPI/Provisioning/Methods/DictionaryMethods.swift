import Management
import XMLRPCValues

extension ProvisioningMethodMaker {
    /// What numbers and codes of the interface mean (§4.10).
    var dictionaries: [XMLRPCMethod] {
        [
            XMLRPCMethod("getDictionary", help: "What codes mean. Required: name. Result: dictionary, code to label.") {
                arguments, _ in
                guard let entries = Self.dictionary[try arguments.requiredString("name")] else {
                    throw XMLRPCFault.wrongReference("name")
                }
                let members = entries.map { XMLRPCStruct.Member($0.key, .string($0.value)) }
                return .structure([
                    "result": .string("OK"), "dictionary": .structure(XMLRPCStruct(members)),
                ])
            }
        ]
    }

    /// The dictionaries whose codes the switch knows itself.
    private static let dictionary: [String: KeyValuePairs<String, String>] = [
        "protocols": ["1": "SIP", "2": "H.323", "3": "IAX2", "4": "Calling Card PIN"],
        "proto_transports": ["1": "UDP", "2": "TCP", "3": "TLS"],
        "currencies": [
            "AUD": "Australian Dollar", "CAD": "Canadian Dollar", "CHF": "Swiss Franc", "CNY": "Yuan Renminbi",
            "EUR": "Euro", "GBP": "Pound Sterling", "INR": "Indian Rupee", "JPY": "Yen", "USD": "US Dollar",
        ],
        "languages": ["en": "English"],
        "timezones": ["1": "UTC"],
        "forward_did_modes": ["1": "Incoming DID"],
    ]
}
