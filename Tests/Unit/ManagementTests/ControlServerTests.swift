import EventCollector
import Foundation
import Synchronization
import TestFiles
import Testing

@testable import Management
@testable import SwitchEngine

@Suite("The control socket", .timeLimit(.minutes(5)))
struct ControlServerTests {
    @Test("calls are encoded page by page and read as one answer", arguments: [0, 1, 63, 64, 65, 128, 1000])
    func pages(count: Int) async throws {
        var expected = ControlResponse(lines: [#"a line with "calls":[] in it"#])
        expected.calls = (0..<count).map { CallListing(snapshot(UInt64($0), cli: #"12"],"calls":["#)) }
        expected.count = count
        #expect(try await answer(expected) == expected)
    }

    @Test("an answer without calls stays one")
    func without() async throws {
        let expected = ControlResponse(error: "there is no call 7")
        #expect(try await answer(expected) == expected)
    }

    @Test("a signal while a client waits ends neither the wait nor the program")
    func signal() async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/control.sock"
        let (asked, mayAnswer) = (EventCollector<Bool>(), EventCollector<Bool>())
        let server = try await ControlServer(path: path) { _ in
            asked.report(true)
            await mayAnswer.events(atLeast: 1)
            return ControlResponse(lines: ["late"])
        }
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in }
        sigaction(SIGUSR2, &action, nil)
        let waiting = Mutex<pthread_t?>(nil)
        async let read = withCheckedContinuation { continuation in
            Thread.detachNewThread {
                waiting.withLock { $0 = pthread_self() }
                continuation.resume(returning: Result { try ControlClient(path: path).ask(ControlRequest(.calls)) })
            }
        }
        await asked.events(atLeast: 1)
        let thread = try #require(waiting.withLock { $0 })
        for _ in 0..<20 {
            pthread_kill(thread, SIGUSR2)
            await Task.yield()
        }
        mayAnswer.report(true)
        #expect(try await read.get().lines == ["late"])
        await server.close()
    }

    /// What a client reads when the server answers so.
    private func answer(_ response: ControlResponse) async throws -> ControlResponse {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/control.sock"
        let server = try await ControlServer(path: path) { _ in response }
        // The client blocks its thread, and those of tasks are needed to answer it.
        let read = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(returning: Result { try ControlClient(path: path).ask(ControlRequest(.calls)) })
            }
        }
        await server.close()
        return try read.get()
    }

    private func snapshot(_ id: UInt64, cli: String) -> CallSnapshot {
        CallSnapshot(
            id: id, callID: Array("call-\(id)".utf8), cli: Array(cli.utf8), cld: Array("15550001".utf8), account: 3,
            customer: 2, environment: 1, connection: nil, vendor: nil, state: .connected, delay: .seconds(1),
            duration: .seconds(2), callerMedia: nil, calleeMedia: nil, setupMilliseconds: 0, direction: .vendor)
    }
}
