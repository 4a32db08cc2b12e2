import Routing
import SQLiteStore

/// Which numbers are asked for; what is nil does not matter.
public struct NumberFilter: Sendable {
    /// Patterns of the number as people know it and as it comes in.
    public var number: LikePattern?
    public var incomingNumber: LikePattern?
    public var account: Int?
    public var application: String?
    /// Whether only numbers without a target are wanted.
    public var isUnassigned = false

    public init() {}

    func fits(_ did: DID) -> Bool {
        number?.fits(did.number) != false && incomingNumber?.fits(did.matchedNumber) != false
            && (account == nil || account == did.account) && (application == nil || application == did.application)
            && (!isUnassigned || (did.account == nil && did.application == nil && did.connection == nil))
    }
}

/// Numbers that come in. They belong to root; a customer sees those that lead to its accounts.
extension ProvisioningLedger {
    /// Makes a number.
    public func createNumber(
        _ number: String, in scope: AccessScope, _ fill: @escaping Change<DID>
    ) async throws -> Provisioned<DID> {
        try await change(in: scope) { draft in
            try draft.demandRoot("DIDs")
            let id = try draft.nextID(.dids)
            var made = Provisioned(DID(number: number))
            made.object.id = id
            try fill(&made)
            try draft.checkTarget(made.object, before: nil)
            draft.add(made, .object(.dids, id: id)) { .did($0) }
            return made
        }
    }

    /// Changes a number, which is named by its id or by itself.
    public func updateNumber(
        _ id: Int?, or number: String?, in scope: AccessScope, _ change: @escaping Change<DID>
    ) async throws {
        try await self.change(in: scope) { draft in
            let before = try draft.did(id, or: number)
            try draft.demandRoot("DIDs")
            let owner = AttributeOwner.object(.dids, id: before.id)
            let after = try draft.changed(before, owner, change)
            try draft.checkTarget(after.object, before: before)
            draft.replace(before, by: after, owner) { .did($0) }
        }
    }

    /// A number, which is named by its id or by itself.
    public func number(_ id: Int?, or number: String?, in scope: AccessScope) async throws -> Provisioned<DID> {
        try await read(in: scope) { draft in
            let did = try draft.did(id, or: number)
            return Provisioned(did, attributes: try draft.attributes(of: .object(.dids, id: did.id)))
        }
    }

    /// The numbers that fit, in the order of their ids.
    public func numbers(
        _ filter: NumberFilter, _ page: ProvisioningPage = .all, in scope: AccessScope
    ) async throws -> [Provisioned<DID>] {
        try await list(in: scope) { draft in
            if let account = filter.account { _ = try draft.account(account) }
            return page.apply(to: draft.model.dids.all.lazy.filter { filter.fits($0) && draft.sees($0) }).map(\.id)
        } _: { draft, ids in
            try draft.provisioned(ids.compactMap { draft.model.dids[$0] }, in: .dids, id: \.id)
        }
    }

    /// Removes a number, which is named by its id or by itself.
    public func deleteNumber(_ id: Int?, or number: String?, in scope: AccessScope) async throws {
        try await change(in: scope) { draft in
            let did = try draft.did(id, or: number)
            try draft.demandRoot("DIDs")
            draft.apply(.did(.init(from: did, to: nil)))
        }
    }
}

extension ProvisioningDraft {
    fileprivate func did(_ id: Int?, or number: String?) throws(ManagementError) -> DID {
        let found = (id ?? number.flatMap { model.didsByNumber[$0] }).flatMap { model.dids[$0] }
        guard let found, sees(found) else { throw .wrongReference(id == nil ? "did" : "i_did") }
        return found
    }

    fileprivate func sees(_ did: DID) -> Bool {
        scope.isRoot || did.account.map { (try? account($0)) != nil } == true
    }

    fileprivate func checkTarget(_ did: DID, before: DID?) throws(ManagementError) {
        if let target = did.account, target != before?.account { _ = try account(target) }
        if let target = did.connection, target != before?.connection {
            _ = try owned(\.connections, target, "i_connection")
        }
    }
}
