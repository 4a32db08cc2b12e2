import Management
import Routing
import SQLiteStore
import XMLRPCValues

extension ProvisioningMethodMaker {
    // MARK: Destination sets

    /// Destination sets (§4.5).
    var destinationSets: [XMLRPCMethod] {
        [addSet, updateSet, listSets, setInformation, deleteSet]
    }

    private var addSet: XMLRPCMethod {
        method("addDestinationSet", "Makes a destination set. Required: name, currency. Result: i_destination_set.") {
            [ledger] arguments, scope in
            try arguments.demand("name", "currency")
            let made = try await ledger.createDestinationSet(in: scope) {
                try DocumentedFields.destinationSet.fill(&$0, from: arguments)
            }
            return [.init("i_destination_set", .int(made.object.id))]
        }
    }

    private var updateSet: XMLRPCMethod {
        method("updateDestinationSet", "Changes a destination set. Required: i_destination_set.") {
            [ledger] arguments, scope in
            let id = try arguments.requiredInteger("i_destination_set")
            try await ledger.updateDestinationSet(id, in: scope) {
                try DocumentedFields.destinationSet.fill(&$0, from: arguments)
            }
            return [.init("i_destination_set", .int(id))]
        }
    }

    private static func members(of set: Provisioned<DestinationSet>) -> [XMLRPCStruct.Member] {
        [XMLRPCStruct.Member("i_destination_set", .int(set.object.id))]
            + DocumentedFields.destinationSet.members(of: set)
    }

    private var listSets: XMLRPCMethod {
        method(
            "listDestinationSets",
            "Destination sets. Optional: name_pattern (as SQL's LIKE), i_destination_set, offset, limit. Result: list."
        ) { [ledger] arguments, scope in
            let page = try arguments.page()
            let pattern = try arguments.pattern("name_pattern")
            guard let id = try arguments.integer("i_destination_set") else {
                let sets = try await ledger.destinationSets(named: pattern, page, in: scope)
                return [Self.list("list", sets.map(Self.members))]
            }
            let sets = [try await ledger.destinationSet(id, in: scope)].filter {
                pattern?.fits($0.object.name) != false
            }
            return [Self.list("list", sets.map(Self.members))]
        }
    }

    private var setInformation: XMLRPCMethod {
        method("getDestinationSetInfo", "A destination set. Required: i_destination_set.") {
            [ledger] arguments, scope in
            let set = try await ledger.destinationSet(try arguments.requiredInteger("i_destination_set"), in: scope)
            let members = Self.members(of: set)
            return members + [XMLRPCStruct.Member("destination_set", .structure(XMLRPCStruct(members)))]
        }
    }

    private var deleteSet: XMLRPCMethod {
        method(
            "deleteDestinationSet",
            "Removes a destination set that no routing group uses, with its routes. Required: i_destination_set."
        ) { [ledger] arguments, scope in
            try await ledger.deleteDestinationSet(try arguments.requiredInteger("i_destination_set"), in: scope)
            return []
        }
    }

    // MARK: Routes

    /// Routes of destination sets (§4.5).
    var routes: [XMLRPCMethod] { [addRoute, updateRoute, deleteRoute, deleteRoutes, listRoutes] }

    private var addRoute: XMLRPCMethod {
        method("addRouteToDestinationSet", "Adds a route. Required: i_destination_set, prefix (may be empty).") {
            [ledger] arguments, scope in
            let set = try arguments.requiredInteger("i_destination_set")
            let prefix = try arguments.requiredString("prefix")
            try await ledger.addRoute(prefix, toSet: set, in: scope) {
                try DocumentedFields.route.fill(&$0, from: arguments)
            }
            return []
        }
    }

    private var updateRoute: XMLRPCMethod {
        method(
            "updateRouteInDestinationSet",
            "Changes a route. Required: i_destination_set, prefix. Optional: new_prefix and the members of a route."
        ) { [ledger] arguments, scope in
            let set = try arguments.requiredInteger("i_destination_set")
            let prefix = try arguments.requiredString("prefix")
            let renamed = try arguments.string("new_prefix")
            try await ledger.updateRoute(prefix, inSet: set, in: scope) { route in
                try DocumentedFields.route.fill(&route, from: arguments)
                if let renamed { route.object.prefix = renamed }
            }
            return []
        }
    }

    private var deleteRoute: XMLRPCMethod {
        method("delRouteFromDestinationSet", "Removes a route. Required: i_destination_set, prefix.") {
            [ledger] arguments, scope in
            let set = try arguments.requiredInteger("i_destination_set")
            try await ledger.deleteRoute(try arguments.requiredString("prefix"), inSet: set, in: scope)
            return []
        }
    }

    private var deleteRoutes: XMLRPCMethod {
        method("deleteAllRoutesInDestinationSet", "Removes all routes of a set. Required: i_destination_set.") {
            [ledger] arguments, scope in
            try await ledger.deleteRoutes(ofSet: try arguments.requiredInteger("i_destination_set"), in: scope)
            return []
        }
    }

    private var listRoutes: XMLRPCMethod {
        method(
            "getDestinationSetRoutesList",
            "The routes of a set. Required: i_destination_set. Optional: prefix, offset, limit. Result: list."
        ) { [ledger] arguments, scope in
            let set = try arguments.requiredInteger("i_destination_set")
            let prefix = try arguments.string("prefix")
            let routes = try await ledger.routes(ofSet: set, try arguments.page(), in: scope)
            let found = routes.filter { (prefix ?? $0.object.prefix) == $0.object.prefix }
            let rows = found.map { route -> [XMLRPCStruct.Member] in
                var members: [XMLRPCStruct.Member] = [
                    .init("i_destination_set", .int(set)), .init("prefix", .string(route.object.prefix)),
                ]
                members += DocumentedFields.route.members(of: route)
                return members
            }
            return [Self.list("list", rows)]
        }
    }
}
