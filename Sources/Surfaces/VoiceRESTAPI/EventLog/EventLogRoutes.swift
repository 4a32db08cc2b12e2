import CallEvents
import Foundation
import HTTPTypes
import Hummingbird
import SQLiteStore
import Webhooks

/// `/events`, `/deliveries` and `/errors`: what happened, who was told of it, and what went wrong.
public struct EventLogRoutes: Sendable {
    private static let defaultCount = 100
    private static let mostCount = 1000

    private let webhooks: WebhookService

    public init(_ webhooks: WebhookService) { self.webhooks = webhooks }

    /// The addresses.
    public var all: [VoiceRESTRoute] {
        [
            VoiceRESTRoute(.get, "/events") { try await events($0) },
            VoiceRESTRoute(.get, "/deliveries") { try await deliveries($0) },
            VoiceRESTRoute(.post, "/deliveries") { try await replay($0) },
            VoiceRESTRoute(.get, "/errors") { try await errors($0) },
            VoiceRESTRoute(.get, "/errors/{errorId}") { try await error($0) },
        ]
    }

    // MARK: Events

    /// The events behind a cursor, or a stream of them for those who accept one.
    private func events(_ request: VoiceRESTRequest) async throws -> VoiceRESTResponse {
        let after = try cursor("after", request)
        let limit = try request.query.integer("limit", in: 1...Self.mostCount) ?? Self.defaultCount
        if request.http.headers[.accept]?.lowercased().contains("text/event-stream") == true {
            let last = HTTPField.Name("Last-Event-ID").flatMap { request.http.headers[$0] }.flatMap { Int64($0) }
            guard let stream = EventFeed(webhooks, user: request.user.id, after: last ?? after) else {
                throw RESTError(
                    .rateLimitReached, "At most \(EventFollowers.mostPerUser) streams of events are open at a time")
            }
            return .other(stream.response)
        }
        let user = request.user.id
        let found = try await webhooks.read { try $0.events(of: user, after: after ?? 0, limit: limit) }
        return .value(.array(found.map(Self.event)))
    }

    private func cursor(_ name: String, _ request: VoiceRESTRequest) throws(RESTError) -> Int64? {
        try request.query.integer(name, in: 0...Int.max).map { Int64($0) }
    }

    private static func event(_ event: StoredEvent) -> JSONValue {
        .members([
            "cursor": .string(String(event.sequence)), "id": .string(event.id),
            "time": .time(event.milliseconds),
            "event": try? JSONValue(parsing: event.body),
        ])
    }

    // MARK: Deliveries

    private enum DeliveryState: String, CaseIterable { case delivered, failed, dropped }

    private func deliveries(_ request: VoiceRESTRequest) async throws -> VoiceRESTResponse {
        let page = try PageRequest(request.query)
        var query = EventReader.DeliveryQuery()
        query.subject = request.query["callId"] ?? request.query["conferenceId"]
        query.event = request.query["eventId"]
        switch try request.query.choice("state", of: DeliveryState.self) {
        case .delivered: query.outcome = .delivered
        case .failed: query.outcome = .failed
        case .dropped: query.outcome = .givenUp
        case nil: break
        }
        query.offset = page.offset
        query.limit = page.size + 1
        let user = request.user.id
        let wanted = query
        // What has just ended is among them.
        await webhooks.flushed()
        let found = try await webhooks.read { try $0.deliveries(of: user, wanted) }
        return .page(of: found, page, Self.delivery)
    }

    private static func delivery(_ delivery: EventReader.Delivery) -> JSONValue {
        let (attempt, event) = (delivery.attempt, delivery.event)
        let state: DeliveryState =
            switch attempt.outcome {
            case .failed: .failed
            case .delivered: .delivered
            case .givenUp: .dropped
            }
        let url = attempt.isFallback ? event.target.fallbackURL : event.target.url
        let isConference = event.subject.hasPrefix(ResourceID.conference.rawValue)
        return .members([
            "id": .string("\(event.id).\(attempt.number)"), "eventId": .string(event.id),
            "cursor": .string(String(event.sequence)), "eventType": .string(event.type),
            isConference ? "conferenceId" : "callId": .string(event.subject), "attempt": .integer(attempt.number),
            "state": .string(state.rawValue), "method": .string(event.target.isGet ? "GET" : "POST"),
            "url": .text(url.map(WebhookService.shown)), "isFallback": .boolean(attempt.isFallback),
            "isReplay": .boolean(attempt.isReplay), "time": .time(attempt.startMilliseconds),
            "duration": .integer(attempt.microseconds / 1000), "status": attempt.status.map { .integer($0) },
            "error": .text(attempt.error), "request": try? JSONValue(parsing: event.body),
        ])
    }

    /// Delivers one event, those of a call, or a range once more.
    private func replay(_ request: VoiceRESTRequest) async throws -> VoiceRESTResponse {
        let body = try await request.object("delivery")
        let user = request.user.id
        let done: (events: Int, queued: Int)
        let event = try body.string("eventId")
        let call = try body.string("callId")
        let after = try body.integer("after", in: 0...Int.max).map { Int64($0) }
        let until = try body.integer("until", in: 0...Int.max).map { Int64($0) }
        if let event {
            let found = try await webhooks.read { try $0.event(event, of: user, subject: call).map { [$0] } ?? [] }
            done = (found.count, try await webhooks.replay(found, of: user))
        } else if let call {
            let found = try await webhooks.read { try $0.events(of: user, subject: call) }
            done = (found.count, try await webhooks.replay(found, of: user))
        } else if let after {
            done = try await webhooks.replay(of: user, after: after, upTo: until ?? .max)
        } else {
            throw RESTError.missing("eventId", of: "delivery")
        }
        guard done.events > 0 else { throw RESTError(.resourceNotFound, "There is no such event") }
        return .value(.object(["events": .integer(done.events), "queued": .integer(done.queued)]))
    }

    // MARK: Errors

    private func errors(_ request: VoiceRESTRequest) async throws -> VoiceRESTResponse {
        let page = try PageRequest(request.query)
        let user = request.user.id
        // What was refused just now is among them.
        await webhooks.flushed()
        let found = try await webhooks.read { try $0.errors(of: user, offset: page.offset, limit: page.size + 1) }
        return .page(of: found, page, Self.error)
    }

    private func error(_ request: VoiceRESTRequest) async throws -> VoiceRESTResponse {
        let id = request["errorId"]
        let user = request.user.id
        let number = id.hasPrefix(Self.errorPrefix) ? Int64(id.dropFirst(Self.errorPrefix.count)) : nil
        guard let number, let found = try await webhooks.read({ try $0.error(number, of: user) }) else {
            throw RESTError(.userErrorNotFound, "The user error \(id) was not found")
        }
        return .value(Self.error(found))
    }

    private static let errorPrefix = "ue-"

    private static func error(_ error: StoredUserError) -> JSONValue {
        .members([
            "id": .string("\(errorPrefix)\(error.id)"),
            "time": .time(error.milliseconds), "category": .string(error.category),
            "code": .string(error.code), "message": .string(error.message),
            "details": (try? JSONValue(parsing: Array(error.details.utf8))) ?? .array([]),
        ])
    }
}
