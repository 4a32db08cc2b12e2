import ArgumentParser

/// `martlet webhooks`: what became of the events that were told to programs.
struct WebhooksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhooks",
        abstract: "Lists deliveries of events, says how receivers do, and delivers events once more.",
        discussion: """
            Without a sub-command the newest deliveries are listed. The running switch is asked over its REST interface; \
            its address and the user's token and secret are taken from the configuration and the store, or given as options.

            Examples:
              martlet webhooks
              martlet webhooks deliveries --state dropped --limit 100
              martlet webhooks deliveries --call c-7mzkq2d5xw4h3bn6trf2ypa --json
              martlet webhooks receivers
              martlet webhooks replay --event ce-x5k2p7qhn3c6jv4wydtz2ab
              martlet webhooks replay --after 1200 --until 1300
            """,
        subcommands: [DeliveriesCommand.self, ReceiversCommand.self, ReplayCommand.self],
        defaultSubcommand: DeliveriesCommand.self)
}

/// `martlet webhooks deliveries`.
struct DeliveriesCommand: AsyncParsableCommand {
    /// What became of an attempt.
    enum State: String, CaseIterable, ExpressibleByArgument { case delivered, failed, dropped }

    static let configuration = CommandConfiguration(
        commandName: "deliveries", abstract: "Lists attempts to deliver events, the newest first.",
        discussion: """
            delivered: the receiver took the event. failed: it will be, or was, tried otherwise. dropped: it was the last try.

            Examples:
              martlet webhooks deliveries --state failed
              martlet webhooks deliveries --call c-7mzkq2d5xw4h3bn6trf2ypa
            """)

    @Option(help: ArgumentHelp("Only events of this call or conference.", valueName: "id"))
    var call: String?

    @Option(help: ArgumentHelp("Only this event.", valueName: "id"))
    var event: String?

    @Option(help: "Only attempts that were \(State.allCases.map(\.rawValue).joined(separator: ", ")).")
    var state: State?

    @Option(help: ArgumentHelp("Most attempts that are listed, 1 to 1000.", valueName: "number"))
    var limit = 25

    @OptionGroup var options: WebhookOptions

    func validate() throws {
        guard (1...1000).contains(limit) else { throw ValidationError("--limit is a number from 1 to 1000") }
    }

    func run() async throws {
        try await CommandOutput.concluding {
            let query = [("callId", call), ("eventId", event), ("state", state?.rawValue), ("size", "\(limit)")]
            let answer = try await options.door().get("/deliveries", query)
            if options.json { return CommandOutput.line(try answer.pretty) }
            let deliveries = try answer.decoded([Delivery].self)
            if deliveries.isEmpty { return CommandOutput.line("No deliveries that fit.") }
            let titles = ["TIME", "EVENT", "ABOUT", "TRY", "STATE", "STATUS", "MS", "RECEIVER", "WHAT WENT WRONG"]
            let rows = deliveries.map { found in
                [
                    String(found.time.prefix(19)), found.eventType, found.callId ?? found.conferenceId ?? "-",
                    found.isReplay == true ? "\(found.attempt) again" : "\(found.attempt)", found.state,
                    found.status.map { "\($0)" } ?? "-", "\(found.duration)", found.receiver, found.error ?? "",
                ]
            }
            CommandOutput.line(TextTable(titles, rows, right: [3, 5, 6]).text)
        }
    }
}

/// `martlet webhooks receivers`.
struct ReceiversCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receivers", abstract: "Says how receivers did with the newest 1000 attempts.",
        discussion: "Example:\n  martlet webhooks receivers --json")

    @OptionGroup var options: WebhookOptions

    /// What is known of one receiver.
    private struct Receiver: Encodable {
        var receiver: String
        var state = "answers"
        var attempts = 0
        var delivered = 0
        var failed = 0
        var dropped = 0
        var averageMilliseconds = 0
        var lastTime = ""
        var lastError: String?
    }

    func run() async throws {
        try await CommandOutput.concluding {
            let answer = try await options.door().get("/deliveries", [("size", "1000")])
            let receivers = Self.receivers(of: try answer.decoded([Delivery].self))
            if options.json { return CommandOutput.line(try CallOptions.encoded(receivers)) }
            if receivers.isEmpty { return CommandOutput.line("Nothing was delivered yet.") }
            let titles = ["RECEIVER", "STATE", "TRIES", "DELIVERED", "FAILED", "DROPPED", "MS", "LAST", "LAST ERROR"]
            let rows = receivers.map { found in
                [
                    found.receiver, found.state, "\(found.attempts)", "\(found.delivered)", "\(found.failed)",
                    "\(found.dropped)", "\(found.averageMilliseconds)", String(found.lastTime.prefix(19)),
                    found.lastError ?? "",
                ]
            }
            CommandOutput.line(TextTable(titles, rows, right: [2, 3, 4, 5, 6]).text)
        }
    }

    /// Each receiver by its name; of attempts, the newest come first.
    private static func receivers(of deliveries: [Delivery]) -> [Receiver] {
        Dictionary(grouping: deliveries, by: \.receiver).map { name, attempts in
            var receiver = Receiver(receiver: name)
            func count(_ state: String) -> Int { attempts.filter { $0.state == state }.count }
            receiver.attempts = attempts.count
            receiver.delivered = count("delivered")
            receiver.failed = count("failed")
            receiver.dropped = count("dropped")
            receiver.averageMilliseconds = attempts.map(\.duration).reduce(0, +) / max(1, attempts.count)
            receiver.lastTime = attempts.first?.time ?? ""
            receiver.lastError = attempts.lazy.compactMap(\.error).first
            if attempts.first?.state != "delivered" { receiver.state = "fails" }
            return receiver
        }.sorted { $0.receiver < $1.receiver }
    }
}

/// `martlet webhooks replay`.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Delivers an event, those of a call, or a range once more, with their ids.",
        discussion: """
            A range is one of cursors, which deliveries and GET /events name, however many events are in it. Events that
            wait to be delivered anyway are passed over. The list of deliveries says of each attempt whether it was a replay.

            Examples:
              martlet webhooks replay --event ce-x5k2p7qhn3c6jv4wydtz2ab
              martlet webhooks replay --call c-7mzkq2d5xw4h3bn6trf2ypa
              martlet webhooks replay --after 1200 --until 1300
            """)

    @Option(help: ArgumentHelp("This event.", valueName: "id"))
    var event: String?

    @Option(help: ArgumentHelp("The events of this call or conference.", valueName: "id"))
    var call: String?

    @Option(help: ArgumentHelp("The events behind this cursor.", valueName: "cursor"))
    var after: Int?

    @Option(help: ArgumentHelp("With --after: up to this cursor.", valueName: "cursor"))
    var until: Int?

    @OptionGroup var options: WebhookOptions

    /// What is sent to the switch.
    private struct Order: Encodable {
        var eventId: String?
        var callId: String?
        var after: Int?
        var until: Int?
    }

    private struct Outcome: Decodable {
        var events: Int
        var queued: Int
    }

    func validate() throws {
        guard [event != nil, call != nil, after != nil].filter({ $0 }).count == 1 else {
            throw ValidationError("give one of --event, --call and --after")
        }
        guard until == nil || after != nil else { throw ValidationError("--until needs --after") }
        guard after ?? 0 >= 0, until ?? 0 >= 0 else { throw ValidationError("cursors are not negative") }
    }

    func run() async throws {
        try await CommandOutput.concluding {
            let order = Order(eventId: event, callId: call, after: after, until: until)
            let answer = try await options.door().post("/deliveries", order)
            if options.json { return CommandOutput.line(try answer.pretty) }
            let outcome = try answer.decoded(Outcome.self)
            let waiting = outcome.events - outcome.queued
            let rest = waiting == 0 ? "" : "; \(waiting) wait to be delivered anyway or have no receiver"
            CommandOutput.line("\(outcome.queued) of \(outcome.events) events are sent once more\(rest)")
        }
    }
}
