import Accounting
import Management
import Timeline
import XMLRPCValues

extension ProvisioningField {
    /// A text that is never nil.
    static func text(_ name: String, _ path: WritableKeyPath<Object, String> & Sendable) -> ProvisioningField {
        ProvisioningField(
            name: name, read: { .string($0.object[keyPath: path]) },
            write: { arguments, object in
                if let text = try arguments.string(name) { object.object[keyPath: path] = text }
            })
    }

    /// A text that an empty one stands for none of; read as empty, or as `nil` where `isNullable`.
    static func optionalText(
        _ name: String, _ path: WritableKeyPath<Object, String?> & Sendable, isNullable: Bool = false
    ) -> ProvisioningField {
        ProvisioningField(
            name: name,
            read: { $0.object[keyPath: path].map { .string($0) } ?? (isNullable ? .null : .string("")) },
            write: { arguments, object in
                let text = try arguments.string(name)
                object.object[keyPath: path] = text?.isEmpty == true ? nil : text
            })
    }

    /// A text that is never given back; an empty one stands for none.
    static func secret(_ name: String, _ path: WritableKeyPath<Object, String?> & Sendable) -> ProvisioningField {
        var field = optionalText(name, path)
        field.read = nil
        return field
    }

    /// A whole number that is never nil.
    static func integer(_ name: String, _ path: WritableKeyPath<Object, Int> & Sendable) -> ProvisioningField {
        ProvisioningField(
            name: name, read: { .int($0.object[keyPath: path]) },
            write: { arguments, object in
                if let number = try arguments.integer(name) { object.object[keyPath: path] = number }
            })
    }

    /// The id of another object, or nil.
    static func reference(_ name: String, _ path: WritableKeyPath<Object, Int?> & Sendable) -> ProvisioningField {
        ProvisioningField(
            name: name, read: { .optional($0.object[keyPath: path]) },
            write: { arguments, object in object.object[keyPath: path] = try arguments.integer(name) })
    }

    /// A limit of which -1 and `nil` are none; read as -1, or as `nil` where `isNullable`.
    static func limit(
        _ name: String, _ path: WritableKeyPath<Object, Int> & Sendable, isNullable: Bool = false
    ) -> ProvisioningField {
        ProvisioningField(
            name: name,
            read: { $0.object[keyPath: path] < 0 && isNullable ? .null : .int($0.object[keyPath: path]) },
            write: { arguments, object in object.object[keyPath: path] = try arguments.integer(name) ?? -1 })
    }

    /// A limit of calls per second: a double of which the whole part counts, above 0 at least 1; `nil` and below 0 none.
    static func rate(_ name: String, _ path: WritableKeyPath<Object, Int> & Sendable) -> ProvisioningField {
        ProvisioningField(
            name: name,
            read: { $0.object[keyPath: path] < 0 ? .null : .double(Double($0.object[keyPath: path])) },
            write: { arguments, object in
                guard let rate = try arguments.double(name), rate >= 0 else { return object.object[keyPath: path] = -1 }
                guard rate <= 1_000_000_000 else { throw XMLRPCFault.wrongType(name, "at most 1000000000") }
                object.object[keyPath: path] = rate > 0 ? max(1, Int(rate)) : 0
            })
    }

    /// A truth value.
    static func boolean(_ name: String, _ path: WritableKeyPath<Object, Bool> & Sendable) -> ProvisioningField {
        ProvisioningField(
            name: name, read: { .boolean($0.object[keyPath: path]) },
            write: { arguments, object in
                if let isTrue = try arguments.boolean(name) { object.object[keyPath: path] = isTrue }
            })
    }

    /// A truth value that the interface has as 0 or 1.
    static func flag(_ name: String, _ path: WritableKeyPath<Object, Bool> & Sendable) -> ProvisioningField {
        ProvisioningField(
            name: name, read: { .int($0.object[keyPath: path] ? 1 : 0) },
            write: { arguments, object in
                if let number = try arguments.integer(name) { object.object[keyPath: path] = number != 0 }
            })
    }

    /// A time in seconds; 0, less than 0 and `nil` are none, read as 0.
    static func seconds(
        _ name: String, _ path: WritableKeyPath<Object, Duration?> & Sendable
    ) -> ProvisioningField {
        ProvisioningField(
            name: name, read: { .int(Int($0.object[keyPath: path]?.components.seconds ?? 0)) },
            write: { arguments, object in
                let seconds = try arguments.integer(name) ?? 0
                guard seconds <= 3_155_760_000 else { throw XMLRPCFault.wrongType(name, "at most a hundred years") }
                object.object[keyPath: path] = seconds > 0 ? .seconds(seconds) : nil
            })
    }

    /// A date, or nil.
    static func date(_ name: String, _ path: WritableKeyPath<Object, Int64?> & Sendable) -> ProvisioningField {
        ProvisioningField(
            name: name,
            read: { $0.object[keyPath: path].map { .string(UTCTime(milliseconds: $0).compact) } ?? .null },
            write: { arguments, object in object.object[keyPath: path] = try arguments.date(name) })
    }

    /// An amount of money, 0 or more, as a double.
    static func price(_ name: String, _ path: WritableKeyPath<Object, Money> & Sendable) -> ProvisioningField {
        ProvisioningField(
            name: name, read: { .double(Double($0.object[keyPath: path].description) ?? 0) },
            write: { arguments, object in
                guard let amount = try arguments.double(name) else { return }
                guard (0...1_000_000_000).contains(amount) else { throw XMLRPCFault.wrongType(name, "0 or more") }
                object.object[keyPath: path] = Money(millionths: Int64((amount * 1_000_000).rounded()))
            })
    }
}
