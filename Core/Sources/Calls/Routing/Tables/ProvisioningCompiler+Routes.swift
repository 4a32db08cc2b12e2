import Accounting

extension ProvisioningCompiler {
    /// Vendors and connections.
    mutating func compileConnections(_ provisioning: Provisioning) throws(ProvisioningError) {
        for vendor in provisioning.vendors {
            guard !parts.identifiers.vendors.contains(vendor.id) else {
                throw ProvisioningError(
                    .vendor, id: "\(vendor.id)", key: "id", value: "\(vendor.id)", allowed: "each id once in the list")
            }
            try put(vendor)
        }
        for connection in provisioning.connections { try put(connection, over: nil) }
    }

    /// Adds a vendor, or takes what it has become.
    mutating func put(_ vendor: Vendor) throws(ProvisioningError) {
        try check(vendor)
        parts.identifiers.vendors.insert(vendor.id)
    }

    /// Removes a vendor that has no connections.
    mutating func remove(_ vendor: Vendor) throws(ProvisioningError) {
        if let connection = parts.connections.first(where: { $0.vendor == vendor.id }) {
            throw ProvisionedObject(kind: .connection, id: "\(connection.id)")
                .refusal("vendor", "\(vendor.id)", allowed: "the id of a vendor")
        }
        parts.identifiers.vendors.remove(vendor.id)
    }

    /// Adds a connection, or puts it in the place of `earlier`, which has its id.
    mutating func put(_ connection: Connection, over earlier: Connection?) throws(ProvisioningError) {
        let object = ProvisionedObject(kind: .connection, id: "\(connection.id)")
        let known = earlier.flatMap { parts.identifiers.connections[$0.id] }
        let position = known ?? parts.connections.count
        if known == nil {
            try Self.note(connection.id, at: position, in: &parts.identifiers.connections, of: .connection)
        }
        guard parts.identifiers.vendors.contains(connection.vendor) else {
            throw object.refusal("vendor", "\(connection.vendor)", allowed: "the id of a vendor")
        }
        let entry = try entry(of: connection, object)
        if known == nil {
            parts.connections.append(entry)
            noteAddress(at: position)
        } else {
            parts.connections[position] = entry
            parts.identifiers.connectionAddresses.removeAll(keepingCapacity: true)
            for place in parts.connections.indices { noteAddress(at: place) }
        }
    }

    /// Where several connections have one address, the first of them is found by it.
    private mutating func noteAddress(at position: Int) {
        guard let address = parts.connections[position].destination.address,
            parts.identifiers.connectionAddresses[address] == nil
        else { return }
        parts.identifiers.connectionAddresses[address] = position
    }

    /// Everything that can be wrong with a vendor but its id.
    func check(_ vendor: Vendor) throws(ProvisioningError) {
        try Self.checkRange(vendor.id, of: .vendor)
        try ProvisionedObject(kind: .vendor, id: "\(vendor.id)").checkText(vendor.name, key: "name")
    }

    private mutating func entry(
        of connection: Connection, _ object: ProvisionedObject
    ) throws(ProvisioningError) -> ConnectionEntry {
        try object.checkText(connection.name, key: "name")
        try object.checkLimit(connection.capacity, key: "capacity")
        try object.checkLimit(connection.maxCallsPerSecond, key: "max_calls_per_second")
        guard let destination = ConnectionDestination(connection.destination) else {
            throw object.refusal(
                "destination", connection.destination.debugDescription, allowed: ConnectionDestination.allowed)
        }
        guard connection.keepalive >= .zero else {
            throw object.refusal("keepalive", "\(connection.keepalive)", allowed: "a time from 0s on")
        }
        _ = try object.milliseconds(connection.timeout1xx, key: "timeout_1xx")
        return ConnectionEntry(
            id: connection.id, vendor: connection.vendor, name: connection.name, destination: destination,
            credentials: try credentials(of: connection, object), register: connection.register,
            capacity: connection.enforcesCapacity ? connection.capacity : -1,
            maxCallsPerSecond: connection.maxCallsPerSecond,
            cliTranslation: try translation(connection.cliTranslation, object, key: "cli_translation"),
            cldTranslation: try translation(connection.cldTranslation, object, key: "cld_translation"),
            media: connection.media, timeout1xx: connection.timeout1xx,
            huntstopCodes: try huntstopCodes(of: connection, object),
            keepalive: connection.keepalive, isBlocked: connection.isBlocked)
    }

    private func credentials(
        of connection: Connection, _ object: ProvisionedObject
    ) throws(ProvisioningError) -> ConnectionCredentials? {
        guard let username = connection.username else {
            guard connection.password == nil else {
                throw object.refusal("password", "(given)", allowed: "null, or a username beside it")
            }
            guard !connection.register else {
                throw object.refusal("register", "true", allowed: "false, or a username beside it")
            }
            return nil
        }
        try object.checkText(username, key: "username")
        return ConnectionCredentials(username: Array(username.utf8), password: Array((connection.password ?? "").utf8))
    }

    private func huntstopCodes(
        of connection: Connection, _ object: ProvisionedObject
    ) throws(ProvisioningError) -> HuntstopCodes {
        do throws(HuntstopCodes.ParseError) {
            return try HuntstopCodes(connection.huntstopCodes)
        } catch {
            throw object.refusal("huntstop_codes", connection.huntstopCodes.debugDescription, allowed: error.allowed)
        }
    }

    /// Destination sets and the tables of their prefixes.
    mutating func compileDestinationSets(_ sets: [DestinationSet]) throws(ProvisioningError) {
        for set in sets { try append(set) }
    }

    /// Adds a destination set with its routes.
    mutating func append(_ set: DestinationSet) throws(ProvisioningError) {
        try Self.note(set.id, at: parts.sets.count, in: &parts.identifiers.sets, of: .destinationSet)
        try check(set)
        let object = ProvisionedObject(kind: .destinationSet, id: "\(set.id)")
        var entry = DestinationSetEntry(
            id: set.id, prefixes: PrefixTable(capacity: set.routes.count), routes: [])
        entry.routes.reserveCapacity(set.routes.count)
        for (number, route) in set.routes.enumerated() {
            try put(route, in: &entry, RouteObject(object: object, path: "routes[\(number)]."))
        }
        parts.sets.append(entry)
    }

    /// Everything that can be wrong with a destination set but its id and its routes.
    func check(_ set: DestinationSet) throws(ProvisioningError) {
        try ProvisionedObject(kind: .destinationSet, id: "\(set.id)").checkText(set.name, key: "name")
    }

    /// Adds a route to a destination set, or puts it in the place of the one with its prefix, which `earlier` is.
    mutating func put(_ route: Route, over earlier: Route?, inSet id: Int) throws(ProvisioningError) {
        let object = ProvisionedObject(kind: .destinationSet, id: "\(id)")
        guard let position = parts.identifiers.sets[id] else {
            throw object.refusal("id", "\(id)", allowed: "the id of a destination set")
        }
        var entry = parts.sets[position]
        parts.sets[position] = DestinationSetEntry(id: id, prefixes: PrefixTable(), routes: [])
        defer { parts.sets[position] = entry }
        if let earlier { entry.remove(earlier) }
        try put(route, in: &entry, RouteObject(object: object, path: ""))
    }

    /// Removes a route of a destination set.
    mutating func remove(_ route: Route, fromSet id: Int) {
        if let position = parts.identifiers.sets[id] { parts.sets[position].remove(route) }
    }

    /// A route being checked, and where it stands in its set.
    private struct RouteObject {
        var object: ProvisionedObject
        var path: String

        func refusal(_ key: String, _ value: String, allowed: String) -> ProvisioningError {
            object.refusal(path + key, value, allowed: allowed)
        }
    }

    private mutating func put(
        _ route: Route, in set: inout DestinationSetEntry, _ object: RouteObject
    ) throws(ProvisioningError) {
        let prefix = Array(route.prefix.utf8)
        guard prefix.count <= PrefixTable.maximumLength, prefix.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw object.refusal(
                "prefix", route.prefix.debugDescription,
                allowed: "at most \(PrefixTable.maximumLength) printable characters without blanks")
        }
        guard let preference = Int32(exactly: route.preference) else {
            throw object.refusal("preference", "\(route.preference)", allowed: "a number that fits 32 bits")
        }
        guard route.price >= .zero else {
            throw object.refusal("price", "\(route.price)", allowed: "an amount from 0 on")
        }
        try object.object.check(route.validity, key: object.path + "expiration_date")
        let entry = RouteEntry(
            price: route.price, preference: preference,
            timeout1xx: try object.object.milliseconds(route.timeout1xx, key: object.path + "timeout_1xx"),
            timeout2xx: try object.object.milliseconds(route.timeout2xx, key: object.path + "timeout_2xx"),
            isHuntstop: route.huntstop, isForbidden: route.forbidden)
        guard set.prefixes.append(prefix) else {
            throw object.refusal("prefix", route.prefix.debugDescription, allowed: "each prefix once in the set")
        }
        set.routes.append(entry)
        note(route.validity)
        if !route.validity.contains(now) { set.remove(route) }
    }

    /// Routing groups and their members.
    mutating func compileRoutingGroups(_ groups: [RoutingGroup]) throws(ProvisioningError) {
        for group in groups { try put(group, over: nil) }
    }

    /// Adds a routing group, or puts it in the place of `earlier`, which has its id.
    mutating func put(_ group: RoutingGroup, over earlier: RoutingGroup?) throws(ProvisioningError) {
        let object = ProvisionedObject(kind: .routingGroup, id: "\(group.id)")
        let known = earlier.flatMap { parts.identifiers.groups[$0.id] }
        if known == nil {
            try Self.note(group.id, at: parts.groups.count, in: &parts.identifiers.groups, of: .routingGroup)
        }
        try object.checkText(group.name, key: "name")
        guard group.members.count <= Self.maximumMembers else {
            throw object.refusal(
                "members", "(\(group.members.count) members)", allowed: "at most \(Self.maximumMembers) members")
        }
        for member in earlier?.members ?? [] { parts.identifiers.members.remove(member.id) }
        let start = parts.members.count
        for (number, member) in group.members.enumerated() {
            let entry = try entry(of: member, key: "members[\(number)]", object)
            guard member.id == 0 || parts.identifiers.members.insert(member.id).inserted else {
                throw object.refusal(
                    "members[\(number)].id", "\(member.id)", allowed: "an id that no other member has")
            }
            note(member.validity)
            if member.validity.contains(now) { parts.members.append(entry) }
        }
        let entry = RoutingGroupEntry(
            id: group.id, name: group.name, policy: group.policy, members: start..<parts.members.count)
        if let known {
            parts.unusedPlaces += parts.groups[known].members.count
            parts.groups[known] = entry
        } else {
            parts.groups.append(entry)
        }
    }

    private func entry(
        of member: RoutingGroupMember, key: String, _ object: ProvisionedObject
    ) throws(ProvisioningError) -> RoutingMemberEntry {
        let connection = try object.position(
            of: member.connection, in: parts.identifiers.connections, key: "\(key).connection", "a connection")
        let set = try object.position(
            of: member.destinationSet, in: parts.identifiers.sets, key: "\(key).destination_set", "a destination set")
        guard let preference = Int32(exactly: member.preference) else {
            throw object.refusal("\(key).preference", "\(member.preference)", allowed: "a number that fits 32 bits")
        }
        guard (0...1_000_000).contains(member.weight) else {
            throw object.refusal("\(key).weight", "\(member.weight)", allowed: "a number from 0 to 1000000")
        }
        try object.check(member.validity, key: "\(key).expiration_date")
        return RoutingMemberEntry(
            connection: Int32(truncatingIfNeeded: connection), destinationSet: Int32(truncatingIfNeeded: set),
            preference: preference, weight: Int32(truncatingIfNeeded: member.weight))
    }
}

extension DestinationSetEntry {
    /// Removes a route; nothing happens where it is not in force.
    fileprivate mutating func remove(_ route: Route) {
        if let position = prefixes.position(of: Array(route.prefix.utf8)) { prefixes.remove(position) }
    }
}
