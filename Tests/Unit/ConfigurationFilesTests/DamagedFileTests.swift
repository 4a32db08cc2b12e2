import Foundation
import TestFiles
import Testing

@testable import ConfigurationFiles

@Suite("Damaged files")
struct DamagedFileTests {
    /// Small numbers that are the same in every run.
    struct Dice {
        var state: UInt64

        mutating func roll(below bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(truncatingIfNeeded: state >> 33) % bound
        }
    }

    private static let splinters: [[UInt8]] =
        [
            "&a ", "*a", "? ", ": ", "- ", "[", "]", "{", "}", "\"", "'", "|\n", ">-\n", "%YAML 1.1\n", "---\n",
            "...\n", "\t",
            "\\ud800", "\\xff", "!!str ", "!<tag> ", "<<: *a", "#", "\n", "\r", "null", "~", "-1", "1e999", "env:PATH",
            ",",
            "\u{FEFF}", "\u{2028}", "@", "`",
        ].map { Array($0.utf8) } + [[0], [0xFF], [0xC3], [0x80]]

    @Test("thousands of damaged files end in values or in errors", arguments: 0..<8)
    func damaged(_ seed: UInt64) throws {
        let folder = try TemporaryFolder()
        var dice = Dice(state: seed &* 977 &+ 1)
        let whole = Array(
            (documentedProvisioning + "\nsip: { listen: [\"udp:0.0.0.0:5060\"], timers: { t1: 1s } }").utf8)
        for _ in 0..<250 {
            var bytes = whole
            for _ in 0...dice.roll(below: 6) {
                let position = dice.roll(below: bytes.count)
                let splinter = Self.splinters[dice.roll(below: Self.splinters.count)]
                switch dice.roll(below: 3) {
                case 0: bytes.insert(contentsOf: splinter, at: position)
                case 1: bytes.removeSubrange(position..<min(bytes.count, position + dice.roll(below: 40) + 1))
                default: bytes.replaceSubrange(position..<position + 1, with: splinter)
                }
                if bytes.isEmpty { bytes = whole }
            }
            let file = try folder.write(Data(bytes), to: "damaged.yaml")
            for complaint in [Self.provisioningComplaint(file), Self.configurationComplaint(file)] {
                #expect(complaint.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
            }
        }
    }

    private static func provisioningComplaint(_ file: String) -> String {
        do {
            _ = try ProvisioningFiles.read([file], environment: [:])
            return ""
        } catch {
            return error.description
        }
    }

    private static func configurationComplaint(_ file: String) -> String {
        do {
            _ = try Configuration.read(file: file, environment: [:])
            return ""
        } catch {
            return error.description
        }
    }
}
