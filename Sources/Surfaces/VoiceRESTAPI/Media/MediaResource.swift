import Foundation
import HTTPService
import HTTPTypes
import Hummingbird
import NIOCore

/// `/media`: files that the user's calls play, and what else programs put there.
struct MediaResource: Sendable {
    /// Largest file in bytes.
    static let largestFile = HTTPService.largestBody
    /// Longest time that a file may take to arrive.
    private static let patience = Duration.seconds(600)
    private static let blockSize = 64 << 10

    let shelf: MediaShelf

    var routes: [VoiceRESTRoute] {
        [
            VoiceRESTRoute(.get, "/media", list), VoiceRESTRoute(.put, "/media/{mediaName}", put),
            VoiceRESTRoute(.get, "/media/{mediaName}", get), VoiceRESTRoute(.delete, "/media/{mediaName}", delete),
        ]
    }

    private func list(_ request: VoiceRESTRequest) async throws -> VoiceRESTResponse {
        let page = try PageRequest(request.query)
        return .page(from: shelf.items(of: request.user.id), page) { item in
            .object([
                "mediaName": .string(item.name), "contentLength": .integer(item.length),
                "content": .string(request.addresses.url("media", item.name)),
            ])
        }
    }

    private func put(_ request: VoiceRESTRequest) async throws -> VoiceRESTResponse {
        let name = request["mediaName"]
        guard shelf.file(name, of: request.user.id) != nil else {
            throw Self.ending(RESTError(.validationError, "The media name is empty or too long"))
        }
        guard let length = request.http.headers[.contentLength].flatMap({ Int($0) }), length >= 0 else {
            var error = RESTError(.validationError, "The header field Content-Length is required")
            error.status = 411
            throw Self.ending(error)
        }
        guard length <= Self.largestFile else {
            throw Self.ending(
                RESTError(.mediaSizeOverflow, "Media files have at most \(Self.largestFile) bytes, not \(length)"))
        }
        let headers = MediaShelf.Headers(
            contentType: request.http.headers[.contentType], cacheControl: request.http.headers[.cacheControl])
        guard let upload = try shelf.makeUpload(of: request.user.id) else {
            throw Self.ending(RESTError(.mediaUnavailable, "The media file cannot be written"))
        }
        defer { try? FileManager.default.removeItem(at: upload) }
        try await write(request.http, to: upload)
        try shelf.keep(upload, as: name, of: request.user.id, headers)
        return .done
    }

    /// Writes the body as it comes, so that no more than a part of it is ever held.
    private func write(_ request: Request, to file: URL) async throws {
        let handle = try FileHandle(forWritingTo: file)
        defer { try? handle.close() }
        try await request.readBody(upTo: Self.largestFile, within: Self.patience) { part in
            try handle.write(contentsOf: Data(part.readableBytesView))
        }
    }

    private func get(_ request: VoiceRESTRequest) async throws -> VoiceRESTResponse {
        let name = request["mediaName"]
        guard let found = shelf.item(name, of: request.user.id),
            let handle = try? FileHandle(forReadingFrom: found.file)
        else { throw Self.missing(name) }
        var headers: HTTPFields = [
            .contentType: found.headers.contentType ?? Self.contentType(of: name), .acceptRanges: "bytes",
        ]
        if let control = found.headers.cacheControl { headers[.cacheControl] = control }
        let length = found.item.length
        switch ByteRange.wanted(request.http.headers[.range], of: length) {
        case .all: return .other(Response(status: .ok, headers: headers, body: Self.body(handle, 0..<length)))
        case .part(let range):
            headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(length)"
            return .other(Response(status: .partialContent, headers: headers, body: Self.body(handle, range)))
        case .nothing:
            var error = RESTError(.validationError, "The range is not within the \(length) bytes of the file")
            error.status = 416
            error.headers = [.init("Content-Range", "bytes */\(length)")]
            throw error
        }
    }

    /// The type of a file that was kept without one, as recordings are.
    private static func contentType(of name: String) -> String {
        switch name.lowercased() {
        case let name where name.hasSuffix(".wav") || name.hasSuffix(".wave"): "audio/wav"
        case let name where name.hasSuffix(".mp3"): "audio/mpeg"
        default: "application/octet-stream"
        }
    }

    private static func body(_ handle: FileHandle, _ range: Range<Int>) -> ResponseBody {
        ResponseBody(contentLength: range.count) { writer in
            defer { try? handle.close() }
            try handle.seek(toOffset: UInt64(range.lowerBound))
            var left = range.count
            while left > 0, let block = try handle.read(upToCount: min(left, blockSize)), !block.isEmpty {
                left -= block.count
                try await writer.write(ByteBuffer(bytes: block))
            }
            try await writer.finish(nil)
        }
    }

    private func delete(_ request: VoiceRESTRequest) async throws -> VoiceRESTResponse {
        guard shelf.delete(request["mediaName"], of: request.user.id) else {
            throw Self.missing(request["mediaName"])
        }
        return .done
    }

    private static func missing(_ name: String) -> RESTError {
        RESTError(.mediaNotFound, "The media file \(name) was not found")
    }

    /// An error whose answer ends the connection, as the body of the request is not read.
    private static func ending(_ error: RESTError) -> RESTError {
        var error = error
        error.headers.append(.init("Connection", "close"))
        return error
    }
}
