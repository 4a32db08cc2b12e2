import Foundation
import Routing

/// What one or several provisioning files say (interfaces.md §3), with the place of each object for later errors.
public struct ProvisioningFiles: Sendable {
    /// An object by its list and its id there.
    struct Key: Hashable {
        var kind: ProvisioningError.ObjectKind
        var id: String
    }

    /// Where an object stands.
    struct Place {
        var file: String
        var path: String
        var value: YAMLValue
    }

    /// Every object of the files, secrets resolved.
    public private(set) var provisioning = Provisioning()
    private var places: [Key: Place] = [:]

    private init() {}

    /// Reads `files` in order. Throws every problem at once; an id given twice, in one file or in two, is one.
    public static func read(
        _ files: [String], environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ConfigurationError) -> ProvisioningFiles {
        var result = ProvisioningFiles()
        var problems: [ConfigurationProblem] = []
        for file in files {
            do {
                var document = YAMLFile(file)
                let root = try document.read()
                let context = ReadingContext(file: file, isOverridable: false, environment: environment)
                result.read(root, context: context)
                problems += context.problems
            } catch {
                problems += error.problems
            }
        }
        guard problems.isEmpty else { throw ConfigurationError(problems) }
        return result
    }

    private mutating func read(_ root: YAMLValue, context: ReadingContext) {
        var reader = SectionReader(root, path: "", context: context)
        let read = Provisioning(reading: &reader) { kind, id, section in
            let key = Key(kind: kind, id: id)
            if let earlier = places[key] {
                let place = "\(earlier.file):\(earlier.value.line)"
                section.report(kind == .did ? "number" : "id", "\(id.quoted) is given twice, first at \(place)")
            } else if let value = section.value {
                places[key] = Place(file: context.file, path: section.path, value: value)
            }
        }
        reader.finish()
        provisioning.append(read)
    }

    /// A problem of one of the files' objects, found where all objects are known, with its place; for an object that
    /// is in no file the store is named instead.
    public func problem(_ error: ProvisioningError) -> ConfigurationProblem {
        let value = ProvisionedField.secretKeys.contains(error.key) ? "(secret)" : error.value.quoted
        let message = "\(value) is not allowed; allowed is \(error.allowed)"
        guard let place = places[Key(kind: error.kind, id: error.id)] else {
            let path = "\(error.kind.rawValue) \(error.id.printable): \(error.key)"
            return ConfigurationProblem(.file("store", line: 0), path, message)
        }
        let line = place.value.line(of: error.key)
        return ConfigurationProblem(.file(place.file, line: line), "\(place.path).\(error.key)", message)
    }
}

extension YAMLValue {
    /// The line of the value under a path as `routes[3].prefix`, or of the last part of it that is given.
    fileprivate func line(of path: String) -> Int {
        var value = self
        var line = self.line
        for part in path.split(whereSeparator: { $0 == "." || $0 == "[" || $0 == "]" }) {
            switch value.content {
            case .scalar:
                return line
            case .list(let values):
                guard let index = Int(part), values.indices.contains(index) else { return line }
                value = values[index]
                line = value.line
            case .mapping(let entries):
                guard let entry = entries.first(where: { $0.key == part }) else { return line }
                value = entry.value
                line = entry.line
            }
        }
        return line
    }
}

extension Provisioning {
    /// Adds the objects of `other` behind those of the same kind.
    fileprivate mutating func append(_ other: Provisioning) {
        customers += other.customers
        accounts += other.accounts
        authenticationRules += other.authenticationRules
        vendors += other.vendors
        connections += other.connections
        destinationSets += other.destinationSets
        routingGroups += other.routingGroups
        dids += other.dids
        users += other.users
        applications += other.applications
    }
}
