import Hummingbird
import Management
import Synchronization

/// `/`, `/healthz`, `/readyz` and `/metrics`.
public final class HealthRoutes: Sendable {
    /// Numbers are counted anew at most this often, so that asking often costs the calls nothing.
    private static let metricsAge: Duration = .seconds(1)

    private let management: SwitchManagement
    private let further: @Sendable () -> [Metric]
    private let metrics = Mutex<(text: String, at: ContinuousClock.Instant)?>(nil)

    /// `further` gives numbers beside those of the switch itself.
    public init(_ management: SwitchManagement, further: @escaping @Sendable () -> [Metric] = { [] }) {
        self.management = management
        self.further = further
    }

    /// The addresses.
    public var routes: HTTPRouteGroup {
        HTTPRouteGroup { router in
            router.get("/") { _, _ in WelcomePage.response }
            router.get("/healthz") { _, _ in Response.text(.ok, "alive") }
            router.get("/readyz") { _, _ in
                await self.management.statistics().isDraining
                    ? Response.text(.serviceUnavailable, "draining") : .text(.ok, "ready")
            }
            router.get("/metrics") { _, _ in
                let body = ResponseBody(byteBuffer: ByteBuffer(string: await self.metricsText()))
                return Response(status: .ok, headers: [.contentType: MetricsText.contentType], body: body)
            }
        }
    }

    private func metricsText() async -> String {
        if let known = metrics.withLock({ $0 }), .now - known.at < Self.metricsAge { return known.text }
        let text = MetricsText(await management.statistics(), await management.callCounts(), further: further()).text
        metrics.withLock { $0 = (text, .now) }
        return text
    }
}
