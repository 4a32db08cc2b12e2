import Routing
import SQLiteStore

/// A change of the provisioning in the making: what is written down here is carried out whole or taken back.
struct ProvisioningDraft {
    private(set) var model = ProvisioningModel()
    /// The tables before the change, which decide scope.
    let tables: RoutingTables
    let scope: AccessScope
    /// Milliseconds since 1970-01-01 00:00 UTC.
    let now: Int64
    private let store: SQLiteStore
    private(set) var commit = ProvisioningCommit()

    /// Takes `model` out of its place, for a copy of it would cost every change as much as there is provisioned.
    init(
        taking model: inout ProvisioningModel, tables: RoutingTables, scope: AccessScope, now: Int64, store: SQLiteStore
    ) {
        self.tables = tables
        self.scope = scope
        self.now = now
        self.store = store
        swap(&model, &self.model)
    }

    mutating func apply(_ edit: ProvisioningEdit) {
        model.apply(edit)
        commit.edits.append(edit)
    }

    /// Takes everything back; ids that were given stay given.
    mutating func rollBack() {
        for edit in commit.edits.reversed() { model.apply(edit.reversed) }
        commit = ProvisioningCommit()
    }

    /// Gives the model back to where it was taken from.
    mutating func giveBack(to model: inout ProvisioningModel) { swap(&model, &self.model) }

    /// An id that was never given before.
    mutating func nextID(_ list: IdentifierList) throws(ManagementError) -> Int {
        let next = (model.identifiers[list] ?? 0) + 1
        guard next <= Int(Int32.max) else {
            throw ManagementError(.unavailable, message: "No \(list.rawValue) are left")
        }
        model.identifiers[list] = next
        commit.identifiers[list] = next
        return next
    }

    /// The attributes of an object as they are stored.
    func attributes(of owner: AttributeOwner) throws -> Attributes { try store.attributes(of: owner) }

    /// The attributes of objects of a list as they are stored, by id.
    func attributes(of list: IdentifierList, ids: [Int]) throws -> [Int: Attributes] {
        try store.attributes(of: list, ids: ids)
    }

    mutating func keep(_ attributes: Attributes, of owner: AttributeOwner) { commit.attributes[owner] = attributes }

    /// Only root may do this: what belongs to the switch as a whole.
    func demandRoot(_ what: String) throws(ManagementError) {
        guard scope.isRoot else { throw .notPermitted("Only root may change \(what)") }
    }

    /// Throws unless the customer that asks may do this to `what`.
    func demand(
        _ permission: CustomerPermissions, _ masks: KeyPath<Customer, CustomerPermissions>, _ what: String
    ) throws(ManagementError) {
        guard scope.isRoot || model.customers[scope.customer]?[keyPath: masks].isSuperset(of: permission) == true else {
            throw .notPermitted("This customer may not change \(what) in this way")
        }
    }

    /// The account, where it is in scope.
    func account(_ id: Int) throws(ManagementError) -> Account {
        guard let account = model.accounts[id], scope.contains(customer: account.customer, in: tables) else {
            throw .wrongReference("i_account")
        }
        return account
    }

    /// The customer, where it is in scope.
    func customer(_ id: Int, member: String = "i_customer") throws(ManagementError) -> Customer {
        guard let customer = model.customers[id], scope.contains(customer: id, in: tables) else {
            throw .wrongReference(member)
        }
        return customer
    }

    /// An object that belongs to root: nobody else sees it.
    func owned<Object>(
        _ shelf: KeyPath<ProvisioningModel, Shelf<Object>>, _ id: Int, _ member: String
    ) throws(ManagementError) -> Object {
        guard scope.isRoot, let object = model[keyPath: shelf][id] else { throw .wrongReference(member) }
        return object
    }

    /// Throws where a routing group is named that is not there, or by somebody who may not see it.
    func checkGroup(_ group: Int?, before: Int? = nil) throws(ManagementError) {
        guard let group, group != before else { return }
        guard scope.isRoot, model.groups[group] != nil else { throw .wrongReference("i_routing_group") }
    }
}
