import Foundation
import TestFiles
import Testing

@testable import Management
@testable import SwitchEngine

@Suite("The control socket", .timeLimit(.minutes(1)))
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
