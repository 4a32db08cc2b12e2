import Accounting
import Addresses

/// Checks a `Provisioning` and turns it into the parts of `RoutingTables`.
struct ProvisioningCompiler {
    /// Most levels of customers, root included.
    static let maximumDepth = 16
    /// Most members of one routing group.
    static let maximumMembers = 256

    let provisioning: Provisioning
    let builtins: Set<String>
    var customers: [CustomerEntry] = []
    var accounts: [AccountEntry] = []
    var connections: [ConnectionEntry] = []
    var routes: [RouteEntry] = []
    var prefixes: PrefixTable
    var groups: [RoutingGroupEntry] = []
    var members: [RoutingMemberEntry] = []
    var addressRules = AddressRuleTable()
    var authnames: ByteKeyTable
    var dids: ByteKeyTable
    var didTargets: [DIDTarget] = []
    var identifiers = IdentifierIndex()
    private var translations: [String: NumberTranslation] = [:]

    init(_ provisioning: Provisioning, builtins: Set<String>) {
        var provisioning = provisioning
        if !provisioning.customers.contains(where: { $0.id == Customer.root.id }) {
            provisioning.customers.insert(.root, at: 0)
        }
        self.provisioning = provisioning
        self.builtins = builtins
        let routeCount = provisioning.destinationSets.reduce(0) { $0 + $1.routes.count }
        prefixes = PrefixTable(sets: provisioning.destinationSets.count, capacity: routeCount)
        authnames = ByteKeyTable(capacity: provisioning.accounts.count)
        dids = ByteKeyTable(capacity: provisioning.dids.count)
        routes.reserveCapacity(routeCount)
    }

    /// Compiles everything, what is referred to before what refers to it.
    mutating func compile() throws(ProvisioningError) {
        try compileConnections()
        try compileDestinationSets()
        try compileRoutingGroups()
        try compileCustomers()
        try compileAccounts()
        try compileAuthenticationRules()
        try compileUsers()
        try compileApplications()
        try compileDIDs()
    }

    /// Notes the id of the object at `position`; ids are positive, fit 31 bits, and are given once per list.
    static func note(
        _ id: Int, at position: Int, in index: inout [Int: Int], of kind: ProvisioningError.ObjectKind
    ) throws(ProvisioningError) {
        guard (1...Int(Int32.max)).contains(id) else {
            throw ProvisioningError(
                kind, id: "\(id)", key: "id", value: "\(id)", allowed: "a number from 1 to 2147483647")
        }
        guard index.updateValue(position, forKey: id) == nil else {
            throw ProvisioningError(kind, id: "\(id)", key: "id", value: "\(id)", allowed: "each id once in the list")
        }
    }

    /// The compiled translation; nil for none.
    mutating func translation(
        _ text: String?, _ object: ProvisionedObject, key: String
    ) throws(ProvisioningError) -> NumberTranslation? {
        guard let text else { return nil }
        if let known = translations[text] { return known.isIdentity ? nil : known }
        do throws(TranslationError) {
            let translation = try NumberTranslation(text)
            translations[text] = translation
            return translation.isIdentity ? nil : translation
        } catch {
            let allowed =
                "\(error.allowed) (at byte \(error.offset)); rules are s/match/replace/, joined by ;, or a number"
            throw object.refusal(key, text, allowed: allowed)
        }
    }
}

/// The object whose values are being checked.
struct ProvisionedObject {
    let kind: ProvisioningError.ObjectKind
    let id: String

    /// The error for one of its values.
    func refusal(_ key: String, _ value: String, allowed: String) -> ProvisioningError {
        ProvisioningError(kind, id: id, key: key, value: value, allowed: allowed)
    }

    /// A limit: -1 for none, or a number.
    func checkLimit(_ value: Int, key: String) throws(ProvisioningError) {
        guard (-1...1_000_000_000).contains(value) else {
            throw refusal(key, "\(value)", allowed: "-1 for no limit, or a number from 0 to 1000000000")
        }
    }

    /// A text that is written into messages or lists: not empty, no control characters, at most 256 bytes.
    func checkText(_ text: String, key: String) throws(ProvisioningError) {
        guard !text.isEmpty, text.utf8.count <= 256, !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw refusal(key, text.debugDescription, allowed: "1 to 256 bytes of text without control characters")
        }
    }

    /// The position that `index` gives for the id of another object.
    func position(
        of id: Int, in index: [Int: Int], key: String, _ what: String
    ) throws(ProvisioningError) -> Int {
        guard let position = index[id] else { throw refusal(key, "\(id)", allowed: "the id of \(what)") }
        return position
    }
}
