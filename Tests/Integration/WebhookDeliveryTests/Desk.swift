import CallEvents
import ConfigurationFiles
import Foundation
import Logging
import SQLiteStore
import Timeline
@testable import Webhooks

/// A service on a store of its own, and a way to tell calls.
struct Desk: Sendable {
    let store: SQLiteStore
    let service: WebhookService

    init(
        _ place: StorePlace = .memory, _ change: (inout WebhookSettings) -> Void = { _ in }
    ) async throws {
        var settings = WebhookSettings()
        settings.allowPrivateAddresses = true
        // Whoever does not answer has time: no test waits for it, and none may run into it.
        settings.timeout = .seconds(600)
        // Events of a fixed time are not forgotten for their age.
        settings.retention = .seconds(100 * 365 * 86_400)
        change(&settings)
        store = try SQLiteStore(place)
        service = try await WebhookService(
            store, settings: settings, build: "test", logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    func route(_ call: String, _ url: String, method: CallbackMethod = .post, timeout: Duration? = nil) -> CallRoute {
        CallRoute(user: "u-1", subject: call, url: url, method: method, timeout: timeout)
    }

    func call(_ id: String) -> EventCall {
        EventCall(id: id, uri: "http://h/v1/users/u-1/calls/\(id)", from: "+13125550110", to: "+13125550147")
    }

    /// Now, for events that must not be forgotten for their age.
    static var now: UTCTime { UTCTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }

    static let time = UTCTime(milliseconds: 1_772_698_542_117)

    /// Delivers one answer and gives what came of it.
    func answer(_ route: CallRoute) async -> CallbackOutcome {
        await service.stream(call: route).deliver(.answer(AnswerEvent(call(route.subject))), at: Self.time)
    }
}
