import Accounting

extension ProvisioningCompiler {
    /// Vendors and connections.
    mutating func compileConnections() throws(ProvisioningError) {
        var vendors: [Int: Int] = [:]
        for (position, vendor) in provisioning.vendors.enumerated() {
            try Self.note(vendor.id, at: position, in: &vendors, of: .vendor)
            try ProvisionedObject(kind: .vendor, id: "\(vendor.id)").checkText(vendor.name, key: "name")
        }
        for (position, connection) in provisioning.connections.enumerated() {
            try Self.note(connection.id, at: position, in: &identifiers.connections, of: .connection)
            let object = ProvisionedObject(kind: .connection, id: "\(connection.id)")
            _ = try object.position(of: connection.vendor, in: vendors, key: "vendor", "a vendor")
            let entry = try entry(of: connection, object)
            if let address = entry.destination.address, identifiers.connectionAddresses[address] == nil {
                identifiers.connectionAddresses[address] = position
            }
            connections.append(entry)
        }
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
        return ConnectionEntry(
            id: connection.id, vendor: connection.vendor, name: connection.name, destination: destination,
            credentials: try credentials(of: connection, object), register: connection.register,
            capacity: connection.capacity, maxCallsPerSecond: connection.maxCallsPerSecond,
            cliTranslation: try translation(connection.cliTranslation, object, key: "cli_translation"),
            cldTranslation: try translation(connection.cldTranslation, object, key: "cld_translation"),
            media: connection.media, huntstopCodes: try huntstopCodes(of: connection, object),
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

    /// Destination sets and the table of all prefixes.
    mutating func compileDestinationSets() throws(ProvisioningError) {
        for (position, set) in provisioning.destinationSets.enumerated() {
            try Self.note(set.id, at: position, in: &identifiers.sets, of: .destinationSet)
            let object = ProvisionedObject(kind: .destinationSet, id: "\(set.id)")
            try object.checkText(set.name, key: "name")
            for (number, route) in set.routes.enumerated() {
                try compile(route, number, set: position, object)
            }
        }
    }

    private mutating func compile(
        _ route: Route, _ number: Int, set: Int, _ object: ProvisionedObject
    ) throws(ProvisioningError) {
        let prefix = Array(route.prefix.utf8)
        guard prefix.count <= PrefixTable.maximumLength, prefix.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw object.refusal(
                "routes[\(number)].prefix", route.prefix.debugDescription,
                allowed: "at most \(PrefixTable.maximumLength) printable characters without blanks")
        }
        guard prefixes.append(prefix, set: set) else {
            throw object.refusal(
                "routes[\(number)].prefix", route.prefix.debugDescription, allowed: "each prefix once in the set")
        }
        guard let preference = Int32(exactly: route.preference) else {
            throw object.refusal(
                "routes[\(number)].preference", "\(route.preference)", allowed: "a number that fits 32 bits")
        }
        guard route.price >= .zero else {
            throw object.refusal("routes[\(number)].price", "\(route.price)", allowed: "an amount from 0 on")
        }
        routes.append(
            RouteEntry(
                price: route.price, preference: preference,
                timeout1xx: try milliseconds(route.timeout1xx, "routes[\(number)].timeout_1xx", object),
                timeout2xx: try milliseconds(route.timeout2xx, "routes[\(number)].timeout_2xx", object),
                isHuntstop: route.huntstop, isForbidden: route.forbidden))
    }

    private func milliseconds(
        _ duration: Duration?, _ key: String, _ object: ProvisionedObject
    ) throws(ProvisioningError) -> UInt32 {
        guard let duration else { return 0 }
        guard duration >= .milliseconds(1) && duration <= .seconds(86_400) else {
            throw object.refusal(key, "\(duration)", allowed: "a time from 1ms to 24h, or null")
        }
        let (seconds, attoseconds) = duration.components
        return UInt32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }

    /// Routing groups and their members.
    mutating func compileRoutingGroups() throws(ProvisioningError) {
        for (position, group) in provisioning.routingGroups.enumerated() {
            try Self.note(group.id, at: position, in: &identifiers.groups, of: .routingGroup)
            let object = ProvisionedObject(kind: .routingGroup, id: "\(group.id)")
            try object.checkText(group.name, key: "name")
            guard group.members.count <= Self.maximumMembers else {
                throw object.refusal(
                    "members", "(\(group.members.count) members)", allowed: "at most \(Self.maximumMembers) members")
            }
            let start = members.count
            for (number, member) in group.members.enumerated() {
                members.append(try entry(of: member, key: "members[\(number)]", object))
            }
            groups.append(
                RoutingGroupEntry(id: group.id, name: group.name, policy: group.policy, members: start..<members.count))
        }
    }

    private func entry(
        of member: RoutingGroupMember, key: String, _ object: ProvisionedObject
    ) throws(ProvisioningError) -> RoutingMemberEntry {
        let connection = try object.position(
            of: member.connection, in: identifiers.connections, key: "\(key).connection", "a connection")
        let set = try object.position(
            of: member.destinationSet, in: identifiers.sets, key: "\(key).destination_set", "a destination set")
        guard let preference = Int32(exactly: member.preference) else {
            throw object.refusal("\(key).preference", "\(member.preference)", allowed: "a number that fits 32 bits")
        }
        guard (0...1_000_000).contains(member.weight) else {
            throw object.refusal("\(key).weight", "\(member.weight)", allowed: "a number from 0 to 1000000")
        }
        return RoutingMemberEntry(
            connection: Int32(truncatingIfNeeded: connection), destinationSet: Int32(truncatingIfNeeded: set),
            preference: preference, weight: Int32(truncatingIfNeeded: member.weight))
    }
}
