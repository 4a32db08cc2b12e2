import ConfigurationFiles
import Routing

/// What happens to one object when a provisioning is replaced by another.
public struct ProvisioningChange: Equatable, Sendable {
    /// What happens.
    public enum Action: Equatable, Sendable {
        /// The object is new.
        case created
        /// These keys change; a value is nil where the object lacks the key before or after.
        case changed([FieldChange])
        /// The object goes.
        case removed
    }

    /// One key that changes, with its values as they may be shown.
    public struct FieldChange: Equatable, Sendable {
        public var key: String
        public var before: String?
        public var after: String?
        /// Whether the values may not be shown.
        public var isSecret: Bool
    }

    /// The object as it is afterwards; before, for one that is removed.
    public var object: ProvisionedObject
    public var action: Action

    /// What differs between two states of an object.
    static func changes(from before: ProvisionedObject, to after: ProvisionedObject) -> [FieldChange] {
        var remaining = Dictionary(before.fields.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        var changes = after.fields.compactMap { field -> FieldChange? in
            let earlier = remaining.removeValue(forKey: field.key)
            if earlier?.text == field.text { return nil }
            return FieldChange(key: field.key, before: earlier?.shown, after: field.shown, isSecret: field.isSecret)
        }
        for field in before.fields where remaining[field.key] != nil {
            changes.append(
                FieldChange(key: field.key, before: field.shown, after: nil, isSecret: field.isSecret))
        }
        return changes
    }
}

extension ProvisioningChange {
    /// The change for people: one line for the object, one for each key that changes. Never holds a secret.
    public var lines: [String] {
        let name = object.name.isEmpty ? "" : " (\(object.name.printable))"
        let title = "\(object.kind.rawValue) \(object.id.printable)\(name)"
        switch action {
        case .created:
            let fields = object.fields.filter { $0.text != "null" }.map { "\($0.key): \($0.shown)" }
            return ["+ \(title): \(fields.joined(separator: ", "))"]
        case .changed(let fields):
            return ["~ \(title)"] + fields.map(\.line)
        case .removed:
            return ["- \(title)"]
        }
    }
}

extension ProvisioningChange.FieldChange {
    fileprivate var line: String {
        if isSecret && before == after { return "    \(key): (secret) changed" }
        switch (before, after) {
        case (let before?, let after?): return "    \(key): \(before) → \(after)"
        case (nil, let after): return "    + \(key): \(after ?? "null")"
        case (let before?, nil): return "    - \(key): \(before)"
        }
    }
}
