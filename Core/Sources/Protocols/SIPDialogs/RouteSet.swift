import SIPMessages

/// The route set of a dialog (RFC 3261 §12.1): the proxies between us and the peer that want to see every request.
public struct RouteSet: Equatable, Sendable {
    /// Each as `<uri>` with its header parameters, nearest proxy first.
    public let routes: [[UInt8]]
    /// Whether the nearest proxy knows only the routing of RFC 2543 and wants its own URI as Request-URI.
    public let isStrict: Bool

    /// No proxies.
    public static let empty = RouteSet(routes: [])

    /// Routes in the order of travel, each written `<uri>`.
    public init(routes: [[UInt8]]) {
        self.routes = routes
        isStrict = routes.first.map { !Self.isLoose(Self.uri(of: $0)) } ?? false
    }

    /// The Record-Route fields of a request, for its receiver: in their order.
    public init(ofReceivedRequest request: SIPMessage) {
        self.init(routes: Self.recordRoutes(of: request))
    }

    /// The Record-Route fields of a response, for the sender of the request: in reverse.
    public init(ofReceivedResponse response: SIPMessage) {
        self.init(routes: Self.recordRoutes(of: response).reversed())
    }

    /// The URI of the nearest proxy; nil if there is none.
    public var first: [UInt8]? { routes.first.map(Self.uri) }

    /// The Request-URI of a request to `target`: the target itself, or the nearest proxy's URI if that is a strict
    /// router, without what a Request-URI must not carry (RFC 3261 §12.2.1.1, §19.1.1).
    public func requestURI(to target: [UInt8]) -> [UInt8] {
        guard isStrict, let first else { return target }
        return Self.asRequestURI(first)
    }

    /// Writes the Route fields of a request to `target`; behind a strict router the target comes last.
    public func write(to target: [UInt8], into writer: inout MessageWriter) {
        for route in isStrict ? routes.dropFirst() : routes[...] { writer.header(.route, route) }
        guard isStrict else { return }
        writer.begin(.route)
        writer.append("<")
        writer.append(target)
        writer.append(">")
        writer.end()
    }

    private static func recordRoutes(of message: SIPMessage) -> [[UInt8]] {
        guard message.headers.contains(.recordRoute) else { return [] }
        return message.recordRoutes.map { address in
            var route: [UInt8] = [UInt8(ascii: "<")]
            route += message.unfolded(address.uri)
            route.append(UInt8(ascii: ">"))
            route += message.unfolded(address.parameters)
            return route
        }
    }

    private static func uri(of route: [UInt8]) -> [UInt8] {
        guard let end = route.firstIndex(of: UInt8(ascii: ">")), end > 0 else { return route }
        return Array(route[1..<end])
    }

    private static func isLoose(_ uri: [UInt8]) -> Bool {
        guard let parsed = try? SIPURI(parsing: uri) else { return true }
        return parsed.isLooseRouter
    }

    /// Cuts the header fields and the `method` parameter off.
    private static func asRequestURI(_ uri: [UInt8]) -> [UInt8] {
        guard let parsed = try? SIPURI(parsing: uri) else { return uri }
        let end = parsed.headers.map { max($0.start - 1, 0) } ?? uri.count
        let start = parsed.parameters.isEmpty ? end : parsed.parameters.start
        guard start <= end, end <= uri.count else { return uri }
        var result = Array(uri[..<start])
        for parameter in uri[start..<end].split(separator: UInt8(ascii: ";")) {
            let name = parameter.prefix { $0 != UInt8(ascii: "=") }.map { $0 | 0x20 }
            if name == Array("method".utf8) { continue }
            result.append(UInt8(ascii: ";"))
            result += parameter
        }
        return result
    }
}
