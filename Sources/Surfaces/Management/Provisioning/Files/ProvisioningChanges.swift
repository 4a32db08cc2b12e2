import ConfigurationFiles
import Routing

/// Everything that happens when a provisioning is replaced by another.
public struct ProvisioningChanges: Equatable, Sendable {
    /// In the order of the file's lists; what is removed comes last.
    public var changes: [ProvisioningChange] = []

    /// Compares two states.
    public init(from before: Provisioning, to after: Provisioning) {
        guard before != after else { return }
        struct Key: Hashable {
            var kind: ProvisioningError.ObjectKind
            var id: String
        }
        let earlier = before.objects
        var remaining = Dictionary(
            earlier.map { (Key(kind: $0.kind, id: $0.id), $0) }, uniquingKeysWith: { first, _ in first })
        for object in after.objects {
            guard let old = remaining.removeValue(forKey: Key(kind: object.kind, id: object.id)) else {
                changes.append(ProvisioningChange(object: object, action: .created))
                continue
            }
            let fields = ProvisioningChange.changes(from: old, to: object)
            if !fields.isEmpty { changes.append(ProvisioningChange(object: object, action: .changed(fields))) }
        }
        for object in earlier where remaining[Key(kind: object.kind, id: object.id)] != nil {
            changes.append(ProvisioningChange(object: object, action: .removed))
        }
    }

    /// Whether nothing happens.
    public var isEmpty: Bool { changes.isEmpty }

    /// The changes for people, `nothing to change` for none. Never holds a secret.
    public var lines: [String] {
        if isEmpty { return ["nothing to change"] }
        return changes.flatMap(\.lines) + [summary]
    }

    /// `3 created, 1 changed, 0 removed`.
    public var summary: String {
        var created = 0
        var changed = 0
        var removed = 0
        for change in changes {
            switch change.action {
            case .created: created += 1
            case .changed: changed += 1
            case .removed: removed += 1
            }
        }
        return "\(created) created, \(changed) changed, \(removed) removed"
    }
}
