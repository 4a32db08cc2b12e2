import Foundation
import HTTPService
import HTTPTypes
import Hummingbird
import Logging
import Routing
import SQLiteStore
import Timeline
import Webhooks

/// The voice REST interface at `/v1/users/{userId}/…`: who asks, which route answers, and the form of every answer.
public struct VoiceRESTService: Sendable {
    /// What the interface is told from outside.
    public struct Settings: Hashable, Sendable {
        /// Base of the URLs in answers to requests; nil for the host that the request names.
        public var publicURL: String?
        /// Base where there is neither.
        public var fallbackURL: String
        /// Whether requests come by https.
        public var isSecure = false
        /// Most requests a second of a user to each family of resources; 0 for no limit.
        public var requestsPerSecond = 0

        public init(publicURL: String? = nil, fallbackURL: String) {
            self.publicURL = publicURL
            self.fallbackURL = fallbackURL
        }
    }

    private let settings: Settings
    private let authentication: UserAuthentication
    private let rates: RequestRates
    private let table: VoiceRESTRouteTable
    private let note: @Sendable (StoredUserError) -> Void
    private let logger: Logger

    /// Serves `routes` to the users of `directory`; `note` takes every error that a user was answered with.
    public init(
        _ directory: UserDirectory, settings: Settings, routes: [VoiceRESTRoute],
        note: @escaping @Sendable (StoredUserError) -> Void = { _ in }, logger: Logger
    ) {
        self.settings = settings
        self.note = note
        self.logger = logger
        authentication = UserAuthentication(directory, logger: logger)
        rates = RequestRates(limit: settings.requestsPerSecond)
        table = VoiceRESTRouteTable(routes)
    }

    /// The addresses of the interface.
    public var routes: HTTPRouteGroup {
        HTTPRouteGroup { [self] router in
            let methods: [HTTPRequest.Method] = [.get, .post, .put, .delete, .head, .patch, .options]
            for method in methods {
                router.on("/v1", method: method) { request, context in try await respond(to: request, context) }
                router.on("/v1/**", method: method) { request, context in try await respond(to: request, context) }
            }
        }
    }

    private func respond(to request: Request, _ context: ServiceRequestContext) async throws -> Response {
        do {
            return response(to: request, try await answer(to: request, context))
        } catch let error as RESTError {
            return response(to: request, context, error)
        } catch let problem as RequestBodyProblem {
            return response(to: request, context, RESTError(problem))
        } catch {
            logger.error(
                "a voice REST request failed", metadata: ["path": "\(request.uri.path)", "reason": "\(error)"])
            return response(to: request, context, RESTError(.internalError, "The request failed; try again later"))
        }
    }

    private func answer(to request: Request, _ context: ServiceRequestContext) async throws -> VoiceRESTResponse {
        let path = request.uri.path.split(separator: "/").map { String($0).removingPercentEncoding ?? String($0) }
        guard path.count >= 3, path[0] == "v1", path[1] == "users" else {
            throw RESTError(.resourceNotFound, "There is nothing at \(request.uri.path)")
        }
        let user = try await authentication.user(
            path[2], authorization: request.headers[.authorization], from: context.peer)
        let rest = Array(path.dropFirst(3))
        switch table.match(request.method, rest) {
        case .nothing: throw RESTError(.resourceNotFound, "There is nothing at \(request.uri.path)")
        case .otherMethods(let methods):
            var error = RESTError(
                .resourceNotFound, "\(request.method.rawValue) is not possible at \(request.uri.path)")
            error.status = 405
            error.headers = [.init("Allow", methods.joined(separator: ", "))]
            throw error
        case .route(let route, let parameters):
            try checkRate(of: user, route, rest)
            do {
                return try await route.handler(
                    VoiceRESTRequest(
                        user: user, parameters: parameters, query: RequestQuery(request.uri.query),
                        addresses: ResourceAddresses(base: base(of: request), user: user.id), http: request,
                        peer: context.peer))
            } catch let error as RESTError {
                note(stored(error, of: user, request, context))
                throw error
            }
        }
    }

    /// The error as the user finds it among his errors afterwards.
    private func stored(
        _ error: RESTError, of user: User, _ request: Request, _ context: ServiceRequestContext
    ) -> StoredUserError {
        var stored = StoredUserError(
            user: user.id, milliseconds: CallServices.now.milliseconds, category: error.code.category.rawValue,
            code: error.code.rawValue, message: error.message)
        stored.details = StoredUserError.details(Self.details(of: request, context))
        return stored
    }

    private static func details(
        of request: Request, _ context: ServiceRequestContext
    ) -> [(name: String, value: String)] {
        let path = request.uri.path.split(separator: "/").dropFirst(request.uri.path.hasPrefix("/v1") ? 1 : 0)
        return [
            ("requestMethod", request.method.rawValue), ("remoteAddress", "\(context.peer)"),
            ("requestPath", path.joined(separator: "/")),
        ]
    }

    private func checkRate(of user: User, _ route: VoiceRESTRoute, _ path: [String]) throws(RESTError) {
        guard let family = path.first, let wait = rates.wait(user.id, family) else { return }
        let limit = "\(settings.requestsPerSecond) request(s) per second"
        if route.name == "POST /calls" {
            throw RESTError(.callRateLimit, "The rate limit of \(limit) for calls has been reached")
        }
        var error = RESTError(.rateLimitReached, "The rate limit of \(limit) for \(family) has been reached")
        let reset = CallServices.now.milliseconds + wait.milliseconds + 1
        error.headers = [.init("X-RateLimit-Reset", String(reset))]
        throw error
    }

    private func base(of request: Request) -> String {
        if let base = settings.publicURL { return base }
        guard let host = request.head.authority, Self.isHost(host) else { return settings.fallbackURL }
        return "\(settings.isSecure ? "https" : "http")://\(host)"
    }

    /// Whether a Host field names nothing but a host and a port.
    private static func isHost(_ text: String) -> Bool {
        (1...255).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy {
                $0.isASCII && (CharacterSet.alphanumerics.contains($0) || ".-:[]".unicodeScalars.contains($0))
            }
    }

    // MARK: Answers

    private func response(to request: Request, _ answer: VoiceRESTResponse) -> Response {
        switch answer {
        case .done: return Response(status: .ok, headers: [.contentLength: "0"])
        case .created(let url): return Response(status: .created, headers: [.location: url, .contentLength: "0"])
        case .value(let value): return Self.json(.ok, value)
        case .page(let values, let page, let hasMore):
            var response = Self.json(.ok, .array(values))
            if let name = HTTPField.Name("Link") { response.headers[name] = links(request, page, hasMore) }
            return response
        case .other(let response): return response
        }
    }

    /// `<url>; rel="first", <url>; rel="next"`; every link has one semicolon, and no URL has a comma.
    private func links(_ request: Request, _ page: PageRequest, _ hasMore: Bool) -> String {
        let path = request.uri.path.split(separator: "/")
            .map { (String($0).removingPercentEncoding ?? String($0)).urlSegment }
        let kept = RequestQuery(request.uri.query).items.filter { $0.name != "page" && $0.name != "size" }
        let filters = kept.map { "\($0.name.urlQueryPart)=\($0.value.urlQueryPart)&" }.joined()
        func link(_ number: Int, _ relation: String) -> String {
            let url = "\(base(of: request))/\(path.joined(separator: "/"))"
            return "<\(url)?\(filters)page=\(number)&size=\(page.size)>; rel=\"\(relation)\""
        }
        return [link(0, "first"), hasMore ? link(page.page + 1, "next") : nil].compactMap { $0 }
            .joined(separator: ", ")
    }

    private func response(to request: Request, _ context: ServiceRequestContext, _ error: RESTError) -> Response {
        var response = Self.json(
            HTTPResponse.Status(code: error.status), error.body(Self.details(of: request, context)))
        for header in error.headers {
            if let name = HTTPField.Name(header.name) { response.headers[name] = header.value }
        }
        return response
    }

    /// An answer whose Content-Type is the bare word, which clients compare for equality.
    private static func json(_ status: HTTPResponse.Status, _ value: JSONValue) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.bytes)))
    }
}

extension String {
    /// The text as part of a query: everything but letters, digits and `-._~` is escaped.
    fileprivate var urlQueryPart: String { addingPercentEncoding(withAllowedCharacters: .unreservedInURL) ?? self }
}

extension CharacterSet {
    fileprivate static let unreservedInURL = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
}
