import ConfigurationFiles
import Foundation
import Logging
import Testing
import Webhooks

@testable import VoiceRESTAPI

/// What the interface says of itself is what it serves.
@Suite("The OpenAPI document describes the routes", .timeLimit(.minutes(5)))
struct DescribedRouteTests {
    @Test("every route of the interface is described, and every operation that is described is a route")
    func routes() async throws {
        let world = try await RESTSwitch(network: 40)
        let media = MediaShelf(folder: URL(filePath: world.folder.path))
        let webhooks = try await WebhookService(
            world.management.store, settings: WebhookSettings(), build: "test", logger: Logger(label: "test"))
        let routes =
            CallResources.routes(world.desk) + ProvisionedResources.routes(world.management.provisioning, media: media)
            + EventLogRoutes(webhooks).all
        let served = Set(routes.map(\.name))
        let described = Set(OpenAPIDocument.operations.map(\.route))
        #expect(served.subtracting(described) == [], "these are not described")
        #expect(described.subtracting(served) == [], "these are not served")
        await webhooks.stop()
        try await world.stop()
    }
}
