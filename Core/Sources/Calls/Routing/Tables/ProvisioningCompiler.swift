import Accounting
import Addresses
import Timeline

/// Checks a `Provisioning` and turns it into the parts of `RoutingTables`.
struct ProvisioningCompiler {
    /// Most levels of customers, root included.
    static let maximumDepth = 16
    /// Most members of one routing group.
    static let maximumMembers = 256

    /// When the tables are for, in milliseconds since 1970-01-01 00:00 UTC; nil where dates do not count.
    let now: Int64?
    /// What has been compiled.
    var parts: CompiledParts
    private var translations: [String: NumberTranslation] = [:]

    /// A compiler that starts with nothing.
    init(now: Int64?) {
        self.now = now
        parts = CompiledParts()
    }

    /// A compiler that goes on where tables ended.
    init(continuing parts: CompiledParts, now: Int64?) {
        self.now = now
        self.parts = parts
    }

    /// Compiles everything, what is referred to before what refers to it.
    mutating func compile(_ provisioning: Provisioning, builtins: Set<String>) throws(ProvisioningError) {
        var provisioning = provisioning
        if !provisioning.customers.contains(where: { $0.id == Customer.root.id }) {
            provisioning.customers.insert(.root, at: 0)
        }
        try compileConnections(provisioning)
        try compileDestinationSets(provisioning.destinationSets)
        try compileRoutingGroups(provisioning.routingGroups)
        try compileCustomers(provisioning.customers)
        for account in provisioning.accounts { try put(account) }
        try compileAuthenticationRules(provisioning.authenticationRules)
        try compileUsers(provisioning.users)
        try compileApplications(provisioning.applications, builtins: builtins)
        var ids: Set<Int> = []
        for did in provisioning.dids {
            try put(did)
            guard did.id == 0 || ids.insert(did.id).inserted else {
                throw ProvisioningError(
                    .did, id: did.number, key: "id", value: "\(did.id)", allowed: "each id once in the list")
            }
        }
    }

    /// Notes that tables with dates in them must be made again when `validity` begins or ends.
    mutating func note(_ validity: Validity) {
        guard let change = validity.nextChange(after: now) else { return }
        parts.nextChange = min(parts.nextChange ?? change, change)
    }

    /// Notes the id of the object at `position`; ids are positive, fit 31 bits, and are given once per list.
    static func note(
        _ id: Int, at position: Int, in index: inout [Int: Int], of kind: ProvisioningError.ObjectKind
    ) throws(ProvisioningError) {
        try checkRange(id, of: kind)
        guard index.updateValue(position, forKey: id) == nil else {
            throw ProvisioningError(kind, id: "\(id)", key: "id", value: "\(id)", allowed: "each id once in the list")
        }
    }

    /// Ids are positive and fit 31 bits.
    static func checkRange(_ id: Int, of kind: ProvisioningError.ObjectKind) throws(ProvisioningError) {
        guard (1...Int(Int32.max)).contains(id) else {
            throw ProvisioningError(
                kind, id: "\(id)", key: "id", value: "\(id)", allowed: "a number from 1 to 2147483647")
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

    /// A wait for an answer in milliseconds; 0 for none.
    func milliseconds(_ duration: Duration?, key: String) throws(ProvisioningError) -> UInt32 {
        guard let duration else { return 0 }
        guard duration >= .milliseconds(1) && duration <= .seconds(86_400) else {
            throw refusal(key, "\(duration)", allowed: "a time from 1ms to 24h, or null")
        }
        return UInt32(clamping: duration.milliseconds)
    }

    /// Dates of which the second comes after the first.
    func check(_ validity: Validity, key: String) throws(ProvisioningError) {
        if let start = validity.activation, let end = validity.expiration, end <= start {
            throw refusal(key, "\(end)", allowed: "a time after the activation")
        }
    }

    /// The position that `index` gives for the id of another object.
    func position(
        of id: Int, in index: [Int: Int], key: String, _ what: String
    ) throws(ProvisioningError) -> Int {
        guard let position = index[id] else { throw refusal(key, "\(id)", allowed: "the id of \(what)") }
        return position
    }

    /// The position of an account.
    func position(ofAccount id: Int, in index: IdentifierTable) throws(ProvisioningError) -> Int {
        guard let position = index[id] else { throw refusal("account", "\(id)", allowed: "the id of an account") }
        return position
    }
}
