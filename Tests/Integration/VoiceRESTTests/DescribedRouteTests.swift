import Foundation
import Testing

@testable import VoiceRESTAPI

/// What the interface says of itself is what it serves.
@Suite("The OpenAPI document describes the routes", .timeLimit(.minutes(1)))
struct DescribedRouteTests {
    @Test("every route of the interface is described, and every operation that is described is a route")
    func routes() async throws {
        let world = try await RESTSwitch(network: 40)
        let media = MediaShelf(folder: URL(filePath: world.folder.path))
        let routes =
            CallResources.routes(world.desk) + ProvisionedResources.routes(world.management.provisioning, media: media)
        let served = Set(routes.map(\.name))
        // The log of events is served where there are webhooks.
        let log = ["/events", "/deliveries", "/errors"]
        let described = Set(
            OpenAPIDocument.operations.filter { operation in !log.contains { operation.path.hasPrefix($0) } }
                .map(\.route))
        #expect(served.subtracting(described) == [], "these are not described")
        #expect(described.subtracting(served) == [], "these are not served")
        try await world.stop()
    }
}
