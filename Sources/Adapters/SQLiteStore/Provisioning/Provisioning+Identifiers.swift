import GRDB
import Routing

extension Provisioning {
    /// Gives ids to the objects that have none yet, and notes which were ever given.
    mutating func identify(in database: Database) throws {
        let known = try SQLiteStore.identifiers(database)
        var number = max(known[.dids] ?? 0, dids.map(\.id).max() ?? 0)
        for position in dids.indices where dids[position].id == 0 {
            number += 1
            dids[position].id = number
        }
        var member = max(
            known[.routingGroupMembers] ?? 0, routingGroups.flatMap(\.members).map(\.id).max() ?? 0)
        for group in routingGroups.indices {
            for position in routingGroups[group].members.indices where routingGroups[group].members[position].id == 0 {
                member += 1
                routingGroups[group].members[position].id = member
            }
        }
        let highest: [IdentifierList: Int?] = [
            .customers: customers.map(\.id).max(), .accounts: accounts.map(\.id).max(),
            .authenticationRules: authenticationRules.map(\.id).max(), .vendors: vendors.map(\.id).max(),
            .connections: connections.map(\.id).max(), .destinationSets: destinationSets.map(\.id).max(),
            .routingGroups: routingGroups.map(\.id).max(), .routingGroupMembers: member, .dids: number,
        ]
        for (list, last) in highest { try SQLiteStore.note(last ?? 0, in: list, database) }
    }
}
