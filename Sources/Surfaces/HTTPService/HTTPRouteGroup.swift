import Hummingbird

/// The addresses that one surface serves: the door through which a surface joins the service.
///
/// A surface makes one of these, `serve` and the demonstration hand all of them to `HTTPService.open`. Paths must not
/// overlap between groups.
public struct HTTPRouteGroup: Sendable {
    let install: @Sendable (Router<ServiceRequestContext>) -> Void

    /// `install` adds the routes to the router of the service.
    public init(_ install: @escaping @Sendable (Router<ServiceRequestContext>) -> Void) {
        self.install = install
    }
}
