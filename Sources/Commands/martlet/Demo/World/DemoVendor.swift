import Synchronization
import TestPhone

/// A vendor of the demonstration: a phone that answers whatever comes, and remembers how each call went.
final class DemoVendor: Sendable {
    let phone: TestPhone
    private let reports = Mutex<[CallReport]>([])
    private let follower: Task<Void, Never>

    /// Follows the calls of `phone` and tells of them under the name `name`.
    init(_ phone: TestPhone, named name: String, tale: DemoTale) {
        self.phone = phone
        let (stream, continuation) = AsyncStream.makeStream(of: CallReport.self)
        follower = Task {
            for await call in phone.incomingCalls {
                Task {
                    tale.happened(name, "is called")
                    await tale.follow(call, of: name)
                    let report = await call.report
                    tale.happened(name, report.brief)
                    continuation.yield(report)
                }
            }
        }
        finished = stream
    }

    private let finished: AsyncStream<CallReport>

    /// The report of the next call that ends; nil where none does within `limit`.
    func nextReport(within limit: Duration = .seconds(2)) async -> CallReport? {
        let waiting = Task { () -> CallReport? in
            for await report in finished { return report }
            return nil
        }
        let alarm = Task {
            try await Task.sleep(for: limit)
            waiting.cancel()
        }
        defer { alarm.cancel() }
        return await waiting.value
    }

    deinit { follower.cancel() }
}
