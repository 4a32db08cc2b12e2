import Foundation
import HTTPService
import Hummingbird
import Management
import VoiceApplications

/// The web services that start applications and tell what comes of them (call-channel.md §1.3): each with GET and POST, at
/// an address of its own and at the one by which the original's clients know it.
public struct ServiceRoutes: Sendable {
    /// Largest form in bytes.
    private static let largestForm = 1 << 20

    /// What can be asked for.
    private enum Action: CaseIterable, Sendable {
        case start, cancel, status, applicationStatus, queueLength, purge

        var paths: [RouterPath] {
            switch self {
            case .start: ["/services/start", "/service_start"]
            case .cancel: ["/services/cancel", "/service_cancel"]
            case .status: ["/services/status", "/service_status"]
            case .applicationStatus: ["/applications/status", "/application_status"]
            case .queueLength: ["/services/queue", "/queue_length"]
            case .purge: ["/services/purge", "/queue_purge"]
            }
        }
    }

    private let management: SwitchManagement

    public init(_ management: SwitchManagement) { self.management = management }

    /// The addresses.
    public var routes: HTTPRouteGroup {
        HTTPRouteGroup { router in
            for action in Action.allCases {
                for path in action.paths {
                    router.get(path) { request, _ in try await self.answer(action, request) }
                    router.post(path) { request, _ in try await self.answer(action, request) }
                }
            }
        }
    }

    private func answer(_ action: Action, _ request: Request) async throws -> Response {
        let header = request.headers[.authorization]
        guard let service = ServiceCredentials(header)?.service(in: management) else {
            return Self.refusal(
                .unauthorized,
                "the user is cloudId/username/serviceName: any cloud id, the customer or user that owns the application, "
                    + "and its name; the password is the application's, from the provisioning",
                headers: [.wwwAuthenticate: "Basic realm=\"martlet services\""])
        }
        let parameters: [String: String]
        do {
            parameters = try await self.parameters(of: request)
        } catch let problem as RequestBodyProblem {
            return problem.response
        }
        do {
            return try await carryOut(action, service, parameters)
        } catch let error as SwitchManagement.ApplicationError {
            let isBusy = error == .notStarted(.stopping)
            return Self.refusal(isBusy ? .serviceUnavailable : .badRequest, "\(error)")
        }
    }

    private func carryOut(
        _ action: Action, _ service: ApplicationHost.Service, _ parameters: [String: String]
    ) async throws -> Response {
        switch action {
        case .start:
            var order = RunOrder()
            order.outboundParameters = parameters["outbound_parameters"] ?? ""
            order.delimiter = parameters["delimiter"].flatMap { $0.isEmpty ? nil : $0 }
            if let count = parameters["count"], order.delimiter == nil {
                guard let number = Int(count) else {
                    return Self.refusal(.badRequest, "count is a number, not \(count.debugDescription)")
                }
                order.count = number
            }
            return try Self.json(await management.startService(service.id, order))
        case .cancel:
            guard let ids = Self.ids(parameters) else {
                return try Self.json(["cancelled": management.cancelService(service.id)])
            }
            let missing = try management.cancelRuns(ids, of: service.id)
            return try Self.json(["cancelled": ids.count - missing.count])
        case .status: return try Self.json(management.services(service.id).first)
        case .applicationStatus:
            let runs = try Self.ids(parameters).map { try management.runs($0, of: service.id) }
            return try Self.json(runs ?? management.runs(of: service.id))
        case .queueLength: return try Self.json(["queue_length": management.queueLength(of: service.id)])
        case .purge: return try Self.json(["purged": management.purgeService(service.id)])
        }
    }

    /// Names of runs: `ids`, `id`, or as the original writes it, `invocation_id`; several with commas between them.
    private static func ids(_ parameters: [String: String]) -> [String]? {
        let text = parameters["ids"] ?? parameters["id"] ?? parameters["invocation_id"] ?? parameters["invocation_ids"]
        return text?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }

    /// The query's parameters and those of a form or of a JSON object in the body, which win.
    private func parameters(of request: Request) async throws -> [String: String] {
        var parameters: [String: String] = [:]
        for (name, value) in request.uri.queryParameters { parameters[String(name)] = String(value) }
        guard request.method == .post else { return parameters }
        let body = try await request.collectedBody(upTo: Self.largestForm)
        let type = request.headers[.contentType]?.lowercased() ?? ""
        if type.hasPrefix("application/json") {
            let object = (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:]
            for (name, value) in object { parameters[name] = value as? String ?? "\(value)" }
            return parameters
        }
        for pair in String(decoding: body, as: UTF8.self).split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            parameters[Self.decoded(parts[0])] = parts.count > 1 ? Self.decoded(parts[1]) : ""
        }
        return parameters
    }

    private static func decoded(_ text: Substring) -> String {
        let plain = text.replacing("+", with: " ")
        return String(plain).removingPercentEncoding ?? String(plain)
    }

    private static func refusal(
        _ status: HTTPResponse.Status, _ reason: String, headers: HTTPFields = [:]
    ) -> Response {
        var response = (try? json(["error": reason])) ?? Response(status: status)
        response.status = status
        for field in headers { response.headers[field.name] = field.value }
        return response
    }

    private static func json(_ value: some Encodable) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = ResponseBody(byteBuffer: ByteBuffer(bytes: try encoder.encode(value)))
        return Response(status: .ok, headers: [.contentType: "application/json"], body: body)
    }
}
