import Foundation
import Logging
import Testing

@testable import Management

@Suite("Log lines")
struct LineLogHandlerTests {
    private let hostile = "a\r\nERROR forged\u{1B}[31m\u{2028}\"\\\u{85}"

    @Test("a text line stays one line and holds no control characters")
    func text() {
        let line = LineLogHandler.line(.text, "now", .info, hostile, [("k", hostile), ("n", "1"), ("e", "")])
        #expect(line.hasPrefix("now info     a\\u{d}\\u{a}ERROR"))
        #expect(line.hasSuffix(" n=1 e=\"\"\n"))
        #expect(line.dropLast().unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
        #expect(!line.unicodeScalars.contains("\u{2028}"))
    }

    @Test("a JSON line is one object on one line, and what went in comes out")
    func json() throws {
        let line = LineLogHandler.line(.json, "now", .warning, hostile, [("k\"", hostile)])
        #expect(line.dropLast().unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
        let object = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
        #expect(object == ["time": "now", "level": "warning", "message": hostile, "k\"": hostile])
    }
}
