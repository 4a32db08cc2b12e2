import Foundation
import Glibc

/// Asks the running switch over its control socket. Blocks the calling thread for the time of one answer.
public struct ControlClient: Sendable {
    /// Why there is no answer.
    public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
        /// Nobody listens on the socket at this path.
        case notRunning(String)
        /// The connection broke, or the answer did not come in time or cannot be read.
        case broken(String)

        public var description: String {
            switch self {
            case .notRunning(let path):
                "no running switch (nobody answers at \(path)); start one with martlet serve, or name its configuration "
                    + "with --config"
            case .broken(let reason): "the running switch did not answer: \(reason)"
            }
        }
    }

    /// Longest wait for an answer in seconds; ending very many calls takes its time.
    public static let patience = 30
    /// Largest answer in bytes.
    static let maximumAnswer = 256 << 20

    /// Path of the socket.
    public let path: String

    public init(path: String) {
        self.path = path
    }

    /// Sends one request and gives the answer, which is waited for so many seconds.
    public func ask(_ request: ControlRequest, patience: Int = Self.patience) throws(Failure) -> ControlResponse {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .broken(String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var timeout = timeval(tv_sec: patience, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, size)
        let result = ControlSocketAddress.with(path) { connect(descriptor, $0, $1) }
        guard result == 0 else { throw .notRunning(path) }
        do {
            try send(JSONEncoder().encode(request) + [UInt8(ascii: "\n")], to: descriptor)
            return try JSONDecoder().decode(ControlResponse.self, from: receiveLine(from: descriptor))
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .broken("the answer cannot be read")
        }
    }

    private func send(_ data: Data, to descriptor: Int32) throws(Failure) {
        var rest = data[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw .broken(String(cString: strerror(errno))) }
            rest = rest.dropFirst(count)
        }
    }

    private func receiveLine(from descriptor: Int32) throws(Failure) -> Data {
        var data = Data()
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while data.count < Self.maximumAnswer {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            // A wait that is bounded in time ends with a signal, be it only that a stopped program goes on (signal(7)).
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                throw .broken(count == 0 ? "it closed the connection" : String(cString: strerror(errno)))
            }
            data.append(contentsOf: chunk[..<count])
            if chunk[count - 1] == UInt8(ascii: "\n") { return data }
        }
        throw .broken("the answer is too large")
    }
}
