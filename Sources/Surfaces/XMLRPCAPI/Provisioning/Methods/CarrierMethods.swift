import Management
import Routing
import SQLiteStore
import XMLRPCValues

extension ProvisioningMethodMaker {
    // MARK: Vendors

    /// Vendors (§4.4).
    var vendors: [XMLRPCMethod] {
        createVendor + [updateVendor, deleteVendor, vendorInformation] + vendorList
    }

    private var createVendor: [XMLRPCMethod] {
        methods(
            ["createVendor", "addVendor"],
            "Makes a vendor. Required: name, web_password, web_login, i_time_zone. Result: i_vendor."
        ) { [ledger] arguments, scope in
            try arguments.demand("name", "web_password", "web_login", "i_time_zone")
            let made = try await ledger.createVendor(in: scope) {
                try DocumentedFields.vendor.fill(&$0, from: arguments)
            }
            return [.init("i_vendor", .int(made.object.id))]
        }
    }

    private var updateVendor: XMLRPCMethod {
        method("updateVendor", "Changes a vendor. Required: i_vendor.") { [ledger] arguments, scope in
            let id = try arguments.requiredInteger("i_vendor")
            try await ledger.updateVendor(id, in: scope) { try DocumentedFields.vendor.fill(&$0, from: arguments) }
            return [.init("i_vendor", .int(id))]
        }
    }

    private var deleteVendor: XMLRPCMethod {
        method("deleteVendor", "Removes a vendor without connections. Required: i_vendor.") {
            [ledger] arguments, scope in
            try await ledger.deleteVendor(try arguments.requiredInteger("i_vendor"), in: scope)
            return []
        }
    }

    private static func members(of vendor: Provisioned<Vendor>) -> [XMLRPCStruct.Member] {
        [XMLRPCStruct.Member("i_vendor", .int(vendor.object.id))] + DocumentedFields.vendor.members(of: vendor)
    }

    private var vendorInformation: XMLRPCMethod {
        method("getVendorInfo", "A vendor, named by i_vendor or name. Result: vendor.") { [ledger] arguments, scope in
            let vendor: Provisioned<Vendor>
            if let id = try arguments.integer("i_vendor") {
                vendor = try await ledger.vendor(id, in: scope)
            } else if let name = try arguments.string("name") {
                vendor = try await ledger.vendor(named: name, in: scope)
            } else {
                throw XMLRPCFault.missing("i_vendor")
            }
            return [.init("vendor", .structure(XMLRPCStruct(Self.members(of: vendor))))]
        }
    }

    private var vendorList: [XMLRPCMethod] {
        methods(
            ["listVendors", "getVendorsList"],
            "Vendors. Optional: name_pattern (as SQL's LIKE), offset, limit. Result: vendors."
        ) { [ledger] arguments, scope in
            let pattern = try arguments.pattern("name_pattern")
            let vendors = try await ledger.vendors(named: pattern, try arguments.page(), in: scope)
            return [Self.list("vendors", vendors.map(Self.members))]
        }
    }

    // MARK: Connections

    /// Connections (§4.4).
    var connections: [XMLRPCMethod] {
        [createConnection, updateConnection, deleteConnection, connectionInformation] + connectionList
    }

    private var createConnection: XMLRPCMethod {
        method(
            "createVendorConnection",
            "Makes a connection. Required: i_vendor, name, destination (host[:port]). Result: i_connection."
        ) { [ledger] arguments, scope in
            let vendor = try arguments.requiredInteger("i_vendor")
            try arguments.demand("name", "destination")
            let made = try await ledger.createConnection(ofVendor: vendor, in: scope) {
                try DocumentedFields.connection.fill(&$0, from: arguments)
            }
            return [.init("i_connection", .int(made.object.id))]
        }
    }

    private var updateConnection: XMLRPCMethod {
        method("updateVendorConnection", "Changes a connection. Required: i_connection.") { [ledger] arguments, scope in
            let id = try arguments.requiredInteger("i_connection")
            try await ledger.updateConnection(id, in: scope) {
                try DocumentedFields.connection.fill(&$0, from: arguments)
            }
            return [.init("i_connection", .int(id))]
        }
    }

    private var deleteConnection: XMLRPCMethod {
        method(
            "deleteVendorConnection",
            "Removes a connection that no routing group and no DID leads to. Required: i_connection."
        ) { [ledger] arguments, scope in
            try await ledger.deleteConnection(try arguments.requiredInteger("i_connection"), in: scope)
            return []
        }
    }

    private static func members(of connection: Provisioned<Connection>) -> [XMLRPCStruct.Member] {
        [XMLRPCStruct.Member("i_connection", .int(connection.object.id))]
            + DocumentedFields.connection.members(of: connection)
    }

    private var connectionInformation: XMLRPCMethod {
        method("getVendorConnectionInfo", "A connection. Required: i_connection. Result: vendor_connection.") {
            [ledger] arguments, scope in
            let id = try arguments.requiredInteger("i_connection")
            let connection = try await ledger.connection(id, in: scope)
            return [.init("vendor_connection", .structure(XMLRPCStruct(Self.members(of: connection))))]
        }
    }

    private var connectionList: [XMLRPCMethod] {
        methods(
            ["getVendorConnectionsList", "listVendorConnections"],
            "Connections. Optional: i_vendor, offset, limit. Result: vendor_connections."
        ) { [ledger] arguments, scope in
            let vendor = try arguments.integer("i_vendor")
            let connections = try await ledger.connections(ofVendor: vendor, try arguments.page(), in: scope)
            return [Self.list("vendor_connections", connections.map(Self.members))]
        }
    }
}
