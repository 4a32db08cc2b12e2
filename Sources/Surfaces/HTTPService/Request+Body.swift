import Hummingbird

/// Why the body of a request was not taken.
public enum RequestBodyProblem: Error, Equatable, Sendable {
    /// It is longer than allowed.
    case tooLong
    /// It came too slowly.
    case tooSlow

    /// An answer that says so and ends the connection, as the rest of the body is not read.
    public var response: Response {
        switch self {
        case .tooLong: .text(.contentTooLarge, "the request is too large", headers: [.connection: "close"])
        case .tooSlow: .text(.requestTimeout, "the request took too long", headers: [.connection: "close"])
        }
    }
}

extension Request {
    /// The whole body where it has at most `limit` bytes and comes within `time`; never holds more than that of it.
    /// Throws `RequestBodyProblem` otherwise.
    public func collectedBody(upTo limit: Int, within time: Duration = .seconds(30)) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        try await readBody(upTo: limit, within: time) { bytes.append(contentsOf: $0.readableBytesView) }
        return bytes
    }

    /// Reads the body to its end and keeps nothing of it. Throws `RequestBodyProblem` where it is longer than `limit`
    /// bytes or takes longer than `time`.
    public func discardBody(upTo limit: Int, within time: Duration = .seconds(30)) async throws {
        try await readBody(upTo: limit, within: time) { _ in }
    }

    /// Hands the body over as it comes. Throws what `take` throws, and `RequestBodyProblem` where it is longer than
    /// `limit` bytes or takes longer than `time`.
    public func readBody(
        upTo limit: Int, within time: Duration, _ take: (ByteBuffer) throws -> Void
    ) async throws {
        if let length = headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw RequestBodyProblem.tooLong
        }
        let end = ContinuousClock.now + time
        var count = 0
        for try await part in body {
            count += part.readableBytes
            guard count <= limit else { throw RequestBodyProblem.tooLong }
            guard ContinuousClock.now < end else { throw RequestBodyProblem.tooSlow }
            try take(part)
        }
    }
}

extension Response {
    /// An answer of one line of plain text.
    public static func text(_ status: HTTPResponse.Status, _ line: String, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = "text/plain; charset=utf-8"
        let body = ResponseBody(byteBuffer: ByteBuffer(string: line + "\n"))
        return Response(status: status, headers: headers, body: body)
    }
}
