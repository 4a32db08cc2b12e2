import Foundation
import Logging
import Testing

@testable import Management

@Suite("The file of application records")
struct ApplicationRecordLogTests {
    private func log(_ path: URL, bytes: Int = 100, files: Int = 3) -> ApplicationRecordLog {
        ApplicationRecordLog(
            path: path.path(percentEncoded: false), maximumBytes: bytes, maximumFiles: files,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func withFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "records-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder)
    }

    private func lines(_ url: URL) throws -> [String] {
        try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    private func names(in folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false)).sorted()
    }

    private func expect(_ found: [String], _ wanted: [String], at place: SourceLocation = #_sourceLocation) {
        #expect(found == wanted, sourceLocation: place)
    }

    @Test("rolls over before it grows beyond its size, keeps so many files, and the oldest lines go first")
    func rolls() async throws {
        try await withFolder { folder in
            let file = folder.appending(path: "deep/er.log")
            let log = log(file)
            // Ten bytes each with the end of its line: ten lines to a file.
            for number in 100..<135 { log.append("line \(number)x") }
            await log.flush()
            let place = file.deletingLastPathComponent()
            try expect(names(in: place), ["er.log", "er.log.1", "er.log.2"])
            try expect(lines(file), (130..<135).map { "line \($0)x" })
            try expect(lines(place.appending(path: "er.log.1")), (120..<130).map { "line \($0)x" })
            try expect(lines(place.appending(path: "er.log.2")), (110..<120).map { "line \($0)x" })
        }
    }

    @Test("a file that was there is continued, and rolled over where it has no room")
    func continues() async throws {
        try await withFolder { folder in
            let file = folder.appending(path: "a.log")
            try Data("before\n".utf8).write(to: file)
            let first = log(file)
            first.append("now")
            await first.flush()
            try expect(lines(file), ["before", "now"])
            let second = log(file, bytes: 12)
            second.append("later")
            await second.flush()
            try expect(lines(file), ["later"])
            try expect(lines(folder.appending(path: "a.log.1")), ["before", "now"])
        }
    }

    @Test("a line that is larger than a file is written whole, in a file of its own")
    func large() async throws {
        try await withFolder { folder in
            let file = folder.appending(path: "a.log")
            let log = log(file)
            let long = String(repeating: "y", count: 500)
            for line in ["one", long, "two"] { log.append(line) }
            await log.flush()
            try expect(lines(file), ["two"])
            try expect(lines(folder.appending(path: "a.log.1")), [long])
            try expect(lines(folder.appending(path: "a.log.2")), ["one"])
        }
    }

    @Test("with one file nothing but the newest lines is kept")
    func single() async throws {
        try await withFolder { folder in
            let log = log(folder.appending(path: "a.log"), bytes: 10, files: 1)
            for line in ["first", "second", "third"] { log.append(line) }
            await log.flush()
            try expect(names(in: folder), ["a.log"])
            try expect(lines(folder.appending(path: "a.log")), ["third"])
        }
    }

    @Test("where the folder is gone lines are lost, and written again as soon as they can be")
    func returns() async throws {
        try await withFolder { folder in
            let place = folder.appending(path: "logs")
            try Data().write(to: place)
            let log = log(place.appending(path: "a.log"))
            log.append("lost")
            await log.flush()
            try FileManager.default.removeItem(at: place)
            log.append("kept")
            await log.flush()
            try expect(lines(place.appending(path: "a.log")), ["kept"])
        }
    }
}
