import HTTPTypes

/// The routes of the voice REST interface, found by method and path.
struct VoiceRESTRouteTable: Sendable {
    private struct Entry {
        var segments: [Segment]
        var route: VoiceRESTRoute
    }

    private enum Segment: Hashable {
        case word(String)
        case parameter(String)
    }

    /// What was found for a path.
    enum Match {
        case route(VoiceRESTRoute, parameters: [String: String])
        /// There is such an address, but it takes these methods only.
        case otherMethods([String])
        case nothing
    }

    /// By number of segments.
    private var entries: [Int: [Entry]] = [:]

    init(_ routes: [VoiceRESTRoute]) {
        for route in routes {
            let segments = route.path.split(separator: "/").map { part in
                part.hasPrefix("{") && part.hasSuffix("}")
                    ? Segment.parameter(String(part.dropFirst().dropLast())) : .word(String(part))
            }
            entries[segments.count, default: []].append(Entry(segments: segments, route: route))
        }
        // Words before parameters, so that a name is never taken for an id.
        for count in entries.keys {
            entries[count] = entries[count]?.enumerated().sorted { left, right in
                let (first, second) = (Self.parameterCount(left.element), Self.parameterCount(right.element))
                return first == second ? left.offset < right.offset : first < second
            }.map(\.element)
        }
    }

    private static func parameterCount(_ entry: Entry) -> Int {
        entry.segments.count { if case .parameter = $0 { true } else { false } }
    }

    /// Finds the route of a path, given as its segments. HEAD is answered as GET.
    func match(_ method: HTTPRequest.Method, _ path: [String]) -> Match {
        var others: [String] = []
        let wanted = method == .head ? .get : method
        for entry in entries[path.count] ?? [] {
            guard let parameters = Self.parameters(of: path, entry.segments) else { continue }
            if entry.route.method == wanted { return .route(entry.route, parameters: parameters) }
            others.append(entry.route.method.rawValue)
            if entry.route.method == .get { others.append(HTTPRequest.Method.head.rawValue) }
        }
        return others.isEmpty ? .nothing : .otherMethods(others)
    }

    private static func parameters(of path: [String], _ segments: [Segment]) -> [String: String]? {
        var parameters: [String: String] = [:]
        for (part, segment) in zip(path, segments) {
            switch segment {
            case .word(let word): if word != part { return nil }
            case .parameter(let name): parameters[name] = part
            }
        }
        return parameters
    }
}
