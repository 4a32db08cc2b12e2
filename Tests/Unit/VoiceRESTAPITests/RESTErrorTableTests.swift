import Foundation
import Testing

@testable import VoiceRESTAPI

@Suite("The documented table of errors")
struct RESTErrorTableTests {
    private struct Row: Hashable {
        var status: Int
        var code: String
        var isAnswered: Bool
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private func rows() throws -> [Row] {
        let file = Self.root.appending(path: "Documentation/voice-rest-errors.md")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count > 3, let status = Int(cells[1]) else { return nil }
            let code = cells[2].trimmingCharacters(in: CharacterSet(charactersIn: "`"))
            return Row(status: status, code: code, isAnswered: !cells[3].hasPrefix("—"))
        }
    }

    /// The cases that something in the sources answers with, as they are written in Swift.
    private func answered() throws -> Set<String> {
        let folder = Self.root.appending(path: "Sources/Surfaces/VoiceRESTAPI")
        var words: Set<String> = []
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path(percentEncoded: false))
        where name.hasSuffix(".swift") && !name.hasSuffix("RESTErrorCode.swift") {
            let source = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            words.formUnion(source.matches(of: /\.(\w+)/).map { String($0.1) })
        }
        return words
    }

    @Test("the table has every code once, with its status")
    func codes() throws {
        let found = try rows().map { "\($0.status) \($0.code)" }
        #expect(Set(found) == Set(RESTErrorCode.allCases.map { "\($0.status) \($0.rawValue)" }))
        #expect(found.count == RESTErrorCode.allCases.count)
    }

    @Test("a dash stands where nothing answers with the code, and nowhere else")
    func dashes() throws {
        let (answered, rows) = (try answered(), try rows())
        for code in RESTErrorCode.allCases {
            let row = try #require(rows.first { $0.code == code.rawValue })
            #expect(row.isAnswered == answered.contains("\(code)"), "\(code.rawValue)")
        }
    }
}
