import HTTPTypes
import Hummingbird
import SQLiteStore
import Webhooks

/// A stream of server-sent events: the user's events behind a cursor, and then each new one as it is durable.
///
/// It reads from the store what its client has room for, so that a client that does not read costs no memory.
struct EventFeed: Sendable {
    private static let batch = 100

    private let webhooks: WebhookService
    private let user: String
    private let after: Int64?
    private let news: AsyncStream<Void>

    /// Nil where the user has as many streams as are allowed. Begins behind `after`; with the next new event where that
    /// is nil.
    init?(_ webhooks: WebhookService, user: String, after: Int64?) {
        guard let news = webhooks.followers.follow(user) else { return nil }
        self.webhooks = webhooks
        self.user = user
        self.after = after
        self.news = news
    }

    /// The answer that carries the stream.
    var response: Response {
        let body = ResponseBody { writer in
            try await webhooks.followers.writing { try await follow(&writer) }
        }
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"], body: body)
    }

    /// Writes what there is and what comes, until the switch stops.
    private func follow(_ writer: inout any ResponseBodyWriter) async throws {
        try await writer.write(ByteBuffer(string: ": events of \(user)\n\n"))
        var cursor = after ?? webhooks.newestCursor
        try await send(&cursor, to: &writer)
        for await _ in news {
            let before = cursor
            try await send(&cursor, to: &writer)
            if cursor == before { try await writer.write(ByteBuffer(string: ":\n\n")) }
        }
        try await writer.finish(nil)
    }

    /// Writes all events behind the cursor and moves it on.
    private func send(_ cursor: inout Int64, to writer: inout any ResponseBodyWriter) async throws {
        while true {
            let start = cursor
            let events = try await webhooks.read { try $0.events(of: user, after: start, limit: Self.batch) }
            guard let last = events.last else { return }
            var text = ""
            for event in events {
                text += "id: \(event.sequence)\nevent: \(event.type)\ndata: "
                text += String(decoding: event.body, as: UTF8.self) + "\n\n"
            }
            try await writer.write(ByteBuffer(string: text))
            cursor = last.sequence
            if events.count < Self.batch { return }
        }
    }
}
