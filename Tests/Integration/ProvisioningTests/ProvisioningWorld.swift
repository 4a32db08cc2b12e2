import Addresses
import ConfigurationFiles
import Foundation
import Logging
import Management
import SQLiteStore
import TestFiles
import TestPhone
import Testing
import XMLRPCAPI
import XMLRPCValues

/// A running switch with nothing provisioned but customers: 1 above 2 above 3, and 4 beside 2; it is asked through the
/// methods of the XML-RPC interface.
final class ProvisioningWorld {
    let management: SwitchManagement
    let folder: TemporaryFolder
    private let methods: XMLRPCMethods

    /// `isStored` keeps the store in a file of `folder`.
    init(isStored: Bool = false, in folder: TemporaryFolder? = nil) async throws {
        self.folder = try folder ?? TemporaryFolder()
        let path = self.folder.path
        _ = try self.folder.write(
            "customers: [{ id: 2, name: two }, { id: 3, parent: 2, name: three }, { id: 4, name: four }]", to: "p.yaml")
        let file = try self.folder.write(
            """
            sip: { listen: ["udp:127.0.0.1:0"] }
            http: { listen: [] }
            media: { mode: direct }
            store: "sqlite:\(isStored ? path + "/martlet.db" : ":memory:")"
            control: \(path)/control.sock
            provisioning: [\(path)/p.yaml]
            """)
        management = try await SwitchManagement(
            ConfigurationSource(file: file, environment: [:]),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        var methods = XMLRPCMethods()
        methods.add(ProvisioningMethods.all(management))
        self.methods = methods
    }

    /// What a method answers; `customer` is nil for trusted mode.
    func answer(
        _ method: String, _ members: KeyValuePairs<String, XMLRPCValue> = [:], as customer: Int? = nil
    ) async throws -> XMLRPCStruct {
        let found = try #require(methods[method], "there is no \(method)")
        let structure = XMLRPCStruct(members.map { XMLRPCStruct.Member($0.key, $0.value) })
        let access = XMLRPCAccess(customer.map { .customer($0) } ?? .trusted, source: IPAddress(v4: 0x7F00_0001))
        guard case .structure(let answer) = try await found.handler(XMLRPCArguments(structure), access) else {
            throw XMLRPCFault(0, "the answer is no struct")
        }
        #expect(answer["result"] == .string("OK"))
        return answer
    }

    /// The id that a method answers.
    func id(
        _ method: String, _ name: String, _ members: KeyValuePairs<String, XMLRPCValue>, as customer: Int? = nil
    ) async throws -> Int {
        try await answer(method, members, as: customer).number(name)
    }

    /// Why a method refuses, as `401 Wrong i_account`; nil where it does not.
    func refusal(
        _ method: String, _ members: KeyValuePairs<String, XMLRPCValue> = [:], as customer: Int? = nil
    ) async throws -> String? {
        do {
            _ = try await answer(method, members, as: customer)
            return nil
        } catch let error as ManagementError {
            return "\(error.code) \(error.message)"
        } catch let fault as XMLRPCFault {
            return "\(fault.code) \(fault.message)"
        }
    }

    /// Makes an account with little more than its name.
    func account(_ name: String, group: Int? = nil, as customer: Int? = nil) async throws -> Int {
        try await id(
            "createAccount", "i_account",
            [
                "username": .string(name), "web_password": .string("w"), "authname": .string("auth-\(name)"),
                "voip_password": .string("v"), "i_billing_plan": .int(1), "i_routing_group": .optional(group),
            ], as: customer)
    }

    /// A carrier at `address` for every number; the id of the routing group.
    func carrier(at address: String) async throws -> (group: Int, connection: Int) {
        let vendor = try await id(
            "createVendor", "i_vendor",
            [
                "name": .string("carrier"), "web_password": .string("w"), "web_login": .string("c"),
                "i_time_zone": .int(1),
            ])
        let connection = try await id(
            "createVendorConnection", "i_connection",
            ["i_vendor": .int(vendor), "name": .string("gw"), "destination": .string(address)])
        let set = try await id(
            "addDestinationSet", "i_destination_set", ["name": .string("world"), "currency": .string("EUR")])
        _ = try await answer("addRouteToDestinationSet", ["i_destination_set": .int(set), "prefix": .string("")])
        let group = try await id(
            "addRoutingGroup", "i_routing_group", ["name": .string("out"), "policy": .string("least_cost")])
        _ = try await answer(
            "addRoutingGroupMember",
            [
                "i_routing_group": .int(group), "i_connection": .int(connection), "i_destination_set": .int(set),
                "preference": .int(10),
            ])
        return (group, connection)
    }
}

extension XMLRPCStruct {
    /// A member that is a whole number.
    func number(_ name: String) throws -> Int {
        guard case .integer(let number) = self[name] else { throw XMLRPCFault(0, "\(name) is no integer") }
        return Int(number)
    }

    /// The rows of a list.
    func rows(_ name: String) throws -> [XMLRPCStruct] {
        guard case .array(let values) = self[name] else { throw XMLRPCFault(0, "\(name) is no array") }
        return try values.map { value in
            guard case .structure(let row) = value else { throw XMLRPCFault(0, "a row of \(name) is no struct") }
            return row
        }
    }

    /// A member that is a struct.
    func structure(_ name: String) throws -> XMLRPCStruct {
        guard case .structure(let structure) = self[name] else { throw XMLRPCFault(0, "\(name) is no struct") }
        return structure
    }
}
