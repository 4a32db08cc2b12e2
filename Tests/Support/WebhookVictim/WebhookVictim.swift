import CallEvents
import ConfigurationFiles
import Foundation
import Logging
import SQLiteStore
import Timeline
import Webhooks

/// A process to be killed: tells the events of so many calls to the receiver given, and then waits. Arguments: store,
/// URL, number of calls, first number; with 0 calls it only delivers what is left.
@main
struct WebhookVictim {
    static func main() async throws {
        let arguments = CommandLine.arguments
        let store = try SQLiteStore(.file(arguments[1]))
        var settings = WebhookSettings()
        settings.allowPrivateAddresses = true
        settings.retries = 20
        settings.timeout = .seconds(5)
        let service = try await WebhookService(
            store, settings: settings, build: "victim",
            logger: Logger(label: "victim") { _ in SwiftLogNoOpLogHandler() })
        let first = Int(arguments[4]) ?? 0
        for number in first..<(first + (Int(arguments[3]) ?? 0)) {
            tell(number, url: arguments[2], service)
            if number % 10 == 0 { try await Task.sleep(for: .milliseconds(5)) }
        }
        try await Task.sleep(for: .seconds(600))
    }

    private static func tell(_ number: Int, url: String, _ service: WebhookService) {
        let id = "c-victim\(number)"
        let call = EventCall(id: id, uri: "http://h/v1/users/u-1/calls/\(id)", from: "+1", to: "+2")
        let stream = service.stream(call: CallRoute(user: "u-1", subject: id, url: url))
        let time = UTCTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        stream.publish(.incomingCall(IncomingCallEvent(call, application: "a-1")), at: time)
        stream.publish(.answer(AnswerEvent(call)), at: time)
        // Every tenth call is never ended: the next process has to.
        if number % 10 != 9 { stream.publish(.hangup(HangupEvent(call, cause: .normalClearing)), at: time) }
    }
}
