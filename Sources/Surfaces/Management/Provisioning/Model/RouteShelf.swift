import Routing

/// The routes of one destination set by prefix, in the order in which they were added.
struct RouteShelf {
    private var routes: [Route?] = []
    private var places: [String: Int] = [:]

    init(_ routes: [Route] = []) {
        for route in routes { self[route.prefix] = route }
    }

    var count: Int { places.count }
    /// All routes in order.
    var all: [Route] { routes.compactMap { $0 } }

    /// The route with this prefix; setting adds, replaces or with nil removes it.
    subscript(prefix: String) -> Route? {
        get { places[prefix].flatMap { routes[$0] } }
        set {
            switch (places[prefix], newValue) {
            case (let place?, let route?): routes[place] = route
            case (let place?, nil):
                routes[place] = nil
                places[prefix] = nil
                if routes.count > 64 && routes.count > 2 * places.count { self = RouteShelf(all) }
            case (nil, let route?):
                places[prefix] = routes.count
                routes.append(route)
            case (nil, nil): break
            }
        }
    }

    /// Puts a route into the place of the one with another prefix.
    mutating func rename(_ prefix: String, to route: Route) {
        guard let place = places.removeValue(forKey: prefix) else { return self[route.prefix] = route }
        places[route.prefix] = place
        routes[place] = route
    }
}
