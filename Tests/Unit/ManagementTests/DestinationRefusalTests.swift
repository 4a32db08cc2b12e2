import ConfigurationFiles
import Routing
import TestFiles
import Testing

@testable import Management

@Suite("What an account can never call")
struct DestinationRefusalTests {
    private static let provisioning = """
        accounts:
          - { id: 3, customer: 1, routing_group: 1, cld_translation: "s/^00//; s/^77/\(String(repeating: "9", count: 129))/" }
          - { id: 4, customer: 1, routing_group: 2 }
          - { id: 5, customer: 1 }
          - { id: 6, customer: 1, routing_group: 1, blocked: true }
        vendors: [{ id: 1, name: v }]
        connections: [{ id: 1, vendor: 1, name: one, destination: "sip:192.0.2.1" }]
        destination_sets:
          - { id: 1, name: a, routes: [{ prefix: "1" }, { prefix: "1900", forbidden: true }, { prefix: "44", forbidden: true }] }
          - { id: 2, name: b, routes: [{ prefix: "" }] }
        routing_groups:
          - { id: 1, name: narrow, members: [{ connection: 1, destination_set: 1 }] }
          - { id: 2, name: wide, members: [{ connection: 1, destination_set: 1 }, { connection: 1, destination_set: 2 }] }
        applications: [{ id: a-1, name: desk, builtin: echo }]
        dids: [{ number: "4480", application: a-1 }, { number: "+4481", connection: 1 }]
        """

    @Test(
        "a number is refused where routing forbids it or nothing can be made of it, and not where only the call will tell",
        arguments: [
            ("442079460000", 3, DestinationRefusal.forbidden), ("+442079460000", 3, .forbidden),
            ("0044207", 3, .forbidden), ("19005550147", 3, .forbidden), ("7712", 3, .untranslatable),
            ("13125550147", 3, nil), ("33199001234", 3, nil), ("4480", 3, nil), ("+4480", 3, nil), ("4481", 3, nil),
            ("442079460000", 4, nil), ("442079460000", 5, nil), ("442079460000", 99, nil), ("", 3, nil),
            ("desk", 3, nil),
        ])
    func refusals(_ number: String, _ account: Int, _ refusal: DestinationRefusal?) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Self.provisioning)
        let tables = try RoutingTables(compiling: ProvisioningFiles.read([file], environment: [:]).provisioning)
        #expect(tables.refusal(of: number, by: account) == refusal)
    }
}
