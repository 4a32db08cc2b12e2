import Routing
import SQLiteStore

extension ProvisioningDraft {
    /// Makes an object of the list with the next id; `make` starts it, `fill` says what it is.
    mutating func create<Object: Equatable & Sendable>(
        in list: IdentifierList, _ make: (Int) -> Object, _ fill: (inout Provisioned<Object>) throws -> Void
    ) throws -> Provisioned<Object> {
        var made = Provisioned(make(try nextID(list)))
        try fill(&made)
        return made
    }

    /// Writes down a new object.
    mutating func add<Object: Equatable & Sendable>(
        _ made: Provisioned<Object>, _ owner: AttributeOwner,
        _ edit: (ProvisioningEdit.Step<Object>) -> ProvisioningEdit
    ) {
        apply(edit(.init(from: nil, to: made.object)))
        if !made.attributes.isEmpty { keep(made.attributes, of: owner) }
    }

    /// The object as `change` leaves it; nothing is written down yet.
    func changed<Object: Equatable & Sendable>(
        _ before: Object, _ owner: AttributeOwner, _ change: (inout Provisioned<Object>) throws -> Void
    ) throws -> Provisioned<Object> {
        var changed = Provisioned(before, attributes: try attributes(of: owner))
        try change(&changed)
        return changed
    }

    /// Writes down what an object has become.
    mutating func replace<Object: Equatable & Sendable>(
        _ before: Object, by after: Provisioned<Object>, _ owner: AttributeOwner,
        _ edit: (ProvisioningEdit.Step<Object>) -> ProvisioningEdit
    ) {
        if after.object != before { apply(edit(.init(from: before, to: after.object))) }
        keep(after.attributes, of: owner)
    }

    /// Objects of a list with their attributes.
    func provisioned<Object: Sendable>(
        _ objects: [Object], in list: IdentifierList, id: KeyPath<Object, Int>
    ) throws -> [Provisioned<Object>] {
        let attributes = try attributes(of: list, ids: objects.map { $0[keyPath: id] })
        return objects.map { Provisioned($0, attributes: attributes[$0[keyPath: id]] ?? [:]) }
    }
}

extension ProvisioningLedger {
    /// What a use case does to an object; what it throws refuses the change.
    public typealias Change<Object: Sendable> = @Sendable (inout Provisioned<Object>) throws -> Void
}

extension ManagementError {
    /// Something may not go because others refer to it.
    static func inUse(_ member: String, _ by: String) -> ManagementError {
        ManagementError(.conflict, member: member, message: "It is in use by \(by)")
    }
}
