import Routing
import SQLiteStore

/// Applications and numbers of users of the voice REST interface: each user sees and changes its own.
extension ProvisioningLedger {
    /// The applications of a user, in the order of their provisioning.
    public func applications(of user: String) async throws -> [Application] {
        try await read(in: .root) { $0.model.applications.filter { $0.user == user } }
    }

    /// An application of a user. Throws `wrongReference` where the user has none of this id.
    public func application(_ id: String, of user: String) async throws -> Application {
        try await read(in: .root) { try $0.application(id, of: user) }
    }

    /// Makes an application, whose owner and id it names.
    public func create(_ application: Application) async throws {
        try await change(in: .root) { draft in
            guard !draft.model.applications.contains(where: { $0.id == application.id }) else {
                throw ManagementError(
                    .conflict, member: "id", message: "There is an application \(application.id) already")
            }
            draft.apply(.application(.init(from: nil, to: application)))
        }
    }

    /// Changes an application of a user; numbers that named it still lead to it when it is called otherwise.
    public func updateApplication(
        _ id: String, of user: String, _ change: @escaping @Sendable (inout Application) throws -> Void
    ) async throws {
        try await self.change(in: .root) { draft in
            let before = try draft.application(id, of: user)
            var after = before
            try change(&after)
            guard after != before else { return }
            if after.name != before.name {
                for did in draft.numbers(leadingTo: before) where did.application != id {
                    var changed = did
                    changed.application = id
                    draft.apply(.did(.init(from: did, to: changed)))
                }
            }
            draft.apply(.application(.init(from: before, to: after)))
        }
    }

    /// Removes an application of a user; its numbers stay the user's, and lead nowhere.
    public func deleteApplication(_ id: String, of user: String) async throws {
        try await change(in: .root) { draft in
            let application = try draft.application(id, of: user)
            for did in draft.numbers(leadingTo: application) {
                var detached = did
                detached.application = nil
                detached.user = user
                draft.apply(.did(.init(from: did, to: detached)))
            }
            draft.apply(.application(.init(from: application, to: nil)))
        }
    }

    /// The numbers of a user, in the order of their ids; those that lead to an application name it by its id.
    public func numbers(of user: User) async throws -> [Provisioned<DID>] {
        try await read(in: .root) { draft in
            let owned = draft.model.dids.all.filter { draft.isNumber($0, of: user) }.map { did in
                var named = did
                named.application = did.application.flatMap(draft.application)?.id
                return named
            }
            return try draft.provisioned(owned, in: .dids, id: \.id)
        }
    }

    /// Changes a number of a user. Throws `wrongReference` where the user has none of this id.
    public func updateNumber(_ id: Int, of user: User, _ change: @escaping Change<DID>) async throws {
        try await self.change(in: .root) { draft in
            guard let before = draft.model.dids[id], draft.isNumber(before, of: user) else {
                throw ManagementError.wrongReference("did")
            }
            let owner = AttributeOwner.object(.dids, id: id)
            let after = try draft.changed(before, owner, change)
            if let target = after.object.application { _ = try draft.application(target, of: user.id) }
            draft.replace(before, by: after, owner) { .did($0) }
        }
    }
}

extension ProvisioningDraft {
    fileprivate func application(_ id: String, of user: String) throws(ManagementError) -> Application {
        guard let application = model.applications.first(where: { $0.id == id && $0.user == user }) else {
            throw .wrongReference("i_ivr_application")
        }
        return application
    }

    /// Numbers that lead to an application, by its id or by its name.
    fileprivate func numbers(leadingTo application: Application) -> [DID] {
        model.dids.all.filter { did in did.application.flatMap(self.application)?.id == application.id }
    }

    fileprivate func isNumber(_ did: DID, of user: User) -> Bool {
        if let owner = did.user { return owner == user.id }
        if let account = did.account { return account == user.account }
        return did.application.flatMap(application)?.user == user.id
    }

    /// The application that a number means, as the tables of calls find it.
    fileprivate func application(_ idOrName: String) -> Application? {
        model.applications.first { $0.id == idOrName } ?? model.applications.first { $0.name == idOrName }
    }
}
