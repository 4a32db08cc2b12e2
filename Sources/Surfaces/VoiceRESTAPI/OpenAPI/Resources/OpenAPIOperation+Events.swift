import CallEvents

extension OpenAPIOperation {
    /// Events, their deliveries, and errors.
    static var eventLog: [OpenAPIOperation] {
        let number = OpenAPISchema.integer()
        return [
            OpenAPIOperation(
                "GET /events",
                "Lists events behind a cursor, or streams them where text/event-stream is accepted",
                .events(OpenAPISchema.reference("LoggedEvent"))
            ).with(("after", number), ("limit", number)),
            OpenAPIOperation(
                "GET /deliveries", "Lists attempts to deliver events, the newest first",
                .list(OpenAPISchema.reference("Delivery"), isPaged: true)
            ).with(
                ("callId", OpenAPISchema.text()), ("conferenceId", OpenAPISchema.text()),
                ("eventId", OpenAPISchema.text()), ("state", OpenAPISchema.word("delivered", "failed", "dropped"))),
            OpenAPIOperation(
                "POST /deliveries", "Delivers an event, those of a call, or those between two cursors once more",
                body: OpenAPISchema.object([
                    .sometimes("eventId", OpenAPISchema.sentText()), .sometimes("callId", OpenAPISchema.sentText()),
                    .sometimes("after", OpenAPISchema.sentInteger(0...Int.max)),
                    .sometimes("until", OpenAPISchema.sentInteger(0...Int.max)),
                ]),
                .value(
                    OpenAPISchema.object([
                        .always("events", OpenAPISchema.integer("how many were found")),
                        .always("queued", OpenAPISchema.integer("how many are delivered once more")),
                    ]))),
            OpenAPIOperation(
                "GET /errors", "Lists errors of requests and callbacks, the newest first",
                .list(OpenAPISchema.reference("UserError"), isPaged: true)),
            OpenAPIOperation(
                "GET /errors/{errorId}", "Reads an error", .value(OpenAPISchema.reference("UserError"))),
        ]
    }
}

extension OpenAPISchema {
    /// The schemas of the events of all types.
    private static var events: [JSONValue] {
        CallEventType.allCases.map { reference(OpenAPIDocument.schemaName(of: $0)) }
    }

    /// What the addresses of events answer with, by name.
    static var eventLog: [String: JSONValue] {
        [
            "LoggedEvent": object([
                .always("cursor", text("to be sent as `after`")), .always("id", text()), .always("time", text()),
                .always("event", .object(["anyOf": .array(events)])),
            ]),
            "Delivery": object([
                .always("id", text()), .always("eventId", text()), .always("cursor", text()),
                .always("eventType", text()), .sometimes("callId", text()), .sometimes("conferenceId", text()),
                .always("attempt", integer()), .always("state", word("delivered", "failed", "dropped")),
                .always("method", word("GET", "POST")), .sometimes("url", text("without credentials")),
                .always("isFallback", boolean()),
                .always("isReplay", boolean("whether it was sent once more on request")),
                .always("time", text()), .always("duration", integer("milliseconds")),
                .sometimes("status", integer()), .sometimes("error", text()),
                .sometimes("request", .object(["type": .string("object")])),
            ]),
            "UserError": object([
                .always("id", text()), .always("time", text()), .always("category", text()), .always("code", text()),
                .always("message", text()), .always("details", array(of: .object(["type": .string("object")]))),
            ]),
        ]
    }
}
