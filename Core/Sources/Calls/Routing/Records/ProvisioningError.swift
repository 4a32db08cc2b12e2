/// A provisioned value that cannot be: names the object, the key, the value and what is allowed.
public struct ProvisioningError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The lists of the provisioning file, by their key there.
    public enum ObjectKind: String, Hashable, Sendable, CaseIterable {
        case customer = "customers"
        case account = "accounts"
        case authenticationRule = "authentication_rules"
        case vendor = "vendors"
        case connection = "connections"
        case destinationSet = "destination_sets"
        case routingGroup = "routing_groups"
        case did = "dids"
        case user = "users"
        case application = "applications"
    }

    /// Which list.
    public var kind: ObjectKind
    /// Id of the object; the number of a DID.
    public var id: String
    /// The key as the file writes it, `routes[3].prefix` inside a list.
    public var key: String
    /// The value found.
    public var value: String
    /// What would have been allowed, in plain words.
    public var allowed: String

    public init(_ kind: ObjectKind, id: String, key: String, value: String, allowed: String) {
        self.kind = kind
        self.id = id
        self.key = key
        self.value = value
        self.allowed = allowed
    }

    /// One line: `accounts 3: customer: 9 is not allowed; allowed is the id of a customer`.
    public var description: String {
        "\(kind.rawValue) \(id): \(key): \(value.isEmpty ? "\"\"" : value) is not allowed; allowed is \(allowed)"
    }
}
