import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import Management
import NIOCore
import Synchronization
import Timeline

/// Answers the requests of all connections, first with 503, then with what the surfaces bring.
final class ServiceResponder: Sendable {
    /// No bare function: a lock would wrap it anew each time that it is read.
    private let routes = Mutex<RouterResponder<ServiceRequestContext>?>(nil)
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    /// Hands every request to the routes of `groups` from now on.
    func open(_ groups: [HTTPRouteGroup]) {
        let router = Router(context: ServiceRequestContext.self)
        for group in groups { group.install(router) }
        let responder = router.buildResponder()
        routes.withLock { $0 = responder }
    }

    /// Answers one request on its connection.
    func respond(_ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel) async throws {
        let context = ServiceRequestContext(source: ApplicationRequestContextSource(channel: channel, logger: logger))
        var response = await response(to: request, context)
        response.headers[.date] = Self.date()
        if request.method == .head {
            try await writer.writeResponse(response.head)
        } else {
            try await writer.write(response: response.head, body: response.body)
        }
    }

    private func response(to request: Request, _ context: ServiceRequestContext) async -> Response {
        guard let routes = routes.withLock({ $0 }) else {
            if request.uri.path == "/healthz" { return .text(.ok, "alive") }
            return .text(.serviceUnavailable, "starting", headers: [.retryAfter: "1"])
        }
        do {
            return try await routes.respond(to: request, context: context)
        } catch let problem as RequestBodyProblem {
            return problem.response
        } catch {
            logger.error("an HTTP request failed", metadata: ["path": "\(request.uri.path)", "reason": "\(error)"])
            return .text(.internalServerError, "the request failed")
        }
    }

    /// `Thu, 05 Mar 2026 08:15:42 GMT` (RFC 9110 §5.6.7).
    private static func date() -> String { UTCTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)).http }
}
