import Foundation
import Glibc
import NIOCore
import NIOPosix

/// Listens on the control socket and answers each line of JSON with one; only the user of the process may connect.
public final class ControlServer: Sendable {
    /// Why the socket could not be opened.
    public struct ListenError: Error, CustomStringConvertible {
        public var description: String
    }

    /// Longest request in bytes.
    static let maximumRequest = 64 << 10
    /// Calls that are encoded in one go.
    private static let callsPerPage = 64

    private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private let path: String
    private let serving: Task<Void, any Error>

    /// Opens the socket at `path` in place of one that nobody listens on any more. Throws `ListenError` where another
    /// switch listens there.
    public init(path: String, answer: @escaping @Sendable (ControlRequest) async -> ControlResponse) async throws {
        self.path = path
        try Self.refuseOther(at: path)
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let mask = umask(0o177)
        defer { umask(mask) }
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Connection(wrappingChannelSynchronously: channel)
                }
            }
        serving = Task {
            try await withThrowingDiscardingTaskGroup { group in
                try await listener.executeThenClose { connections in
                    for try await connection in connections {
                        group.addTask { try? await Self.serve(connection, answer) }
                    }
                }
            }
        }
    }

    /// Throws `ListenError` where another switch listens at `path`.
    public static func refuseOther(at path: String) throws(ListenError) {
        do {
            _ = try ControlClient(path: path).ask(ControlRequest(.statistics))
        } catch .notRunning {
            return
        } catch {
            throw ListenError(description: "something else listens at \(path): \(error)")
        }
        throw ListenError(
            description:
                "another switch is running: it answers at \(path); stop it, or give this one a store of its own")
    }

    /// Closes the socket and removes its file.
    public func close() async {
        serving.cancel()
        _ = await serving.result
        unlink(path)
    }

    private static func serve(
        _ connection: Connection, _ answer: @Sendable (ControlRequest) async -> ControlResponse
    ) async throws {
        try await connection.executeThenClose { inbound, outbound in
            var pending: [UInt8] = []
            for try await buffer in inbound {
                pending += buffer.readableBytesView
                while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                    let line = Data(pending[..<end])
                    pending.removeFirst(end + 1)
                    var response = ControlResponse(error: "the request cannot be read")
                    if let request = try? JSONDecoder().decode(ControlRequest.self, from: line) {
                        response = await answer(request)
                    }
                    try await write(response, to: outbound, of: connection.channel.eventLoop)
                }
                if pending.count > maximumRequest { return }
            }
        }
    }

    /// Writes an answer as one line. Calls are encoded some at a time, each page leaving before the next is made: to
    /// encode ten thousand in one go would keep a core from other work for a tenth of a second.
    private static func write(
        _ response: ControlResponse, to outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>, of loop: any EventLoop
    ) async throws {
        let encoder = JSONEncoder()
        let calls = response.calls ?? []
        var frame = response
        frame.calls = response.calls.map { _ in [] }
        let line = try encoder.encode(frame) + [UInt8(ascii: "\n")]
        // Quotes inside of strings are escaped, so that this is the member and nothing else.
        let place = line.firstRange(of: Data(#""calls":["#.utf8))?.upperBound ?? line.endIndex
        try await outbound.write(ByteBuffer(bytes: line[..<place]))
        for start in stride(from: 0, to: calls.count, by: callsPerPage) {
            let page = try encoder.encode(Array(calls[start..<min(start + callsPerPage, calls.count)]))
            var bytes = ByteBuffer(string: start > 0 ? "," : "")
            bytes.writeBytes(page.dropFirst().dropLast())
            try await outbound.write(bytes)
            try await loop.submit {}.get()
        }
        try await outbound.write(ByteBuffer(bytes: line[place...]))
    }
}
