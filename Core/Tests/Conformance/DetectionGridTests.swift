import Audio
import Foundation
import Testing

/// The vectors of in-band digits that `tools/dtmf_grid.py` of the conformance material writes, or a folder of the same form
/// in `MARTLET_DTMF_GRID`: raw samples, and `MANIFEST.tsv` with name, rule, expectation and digits of each.
@Suite struct DetectionGridTests {
    private static let prefix = "martlet-grid-"
    static let folder: URL? = {
        if let given = ProcessInfo.processInfo.environment["MARTLET_DTMF_GRID"] { return URL(fileURLWithPath: given) }
        guard let tool = ConformanceMaterial.root?.appendingPathComponent("tools/dtmf_grid.py") else { return nil }
        let made = FileManager.default.temporaryDirectory.appendingPathComponent(prefix + "\(getpid())")
        let writer = Process()
        writer.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        writer.arguments = ["python3", tool.path, made.path]
        writer.standardOutput = FileHandle.nullDevice
        writer.standardError = FileHandle.nullDevice
        guard (try? writer.run()) != nil else { return nil }
        writer.waitUntilExit()
        if writer.terminationStatus == 0 { return made }
        print("in-band grid skipped: \(tool.path) needs python3 with numpy")
        return nil
    }()

    @Test("every vector of the grid of in-band digits is heard as it must be", .enabled(if: folder != nil))
    func grid() throws {
        let folder = try #require(Self.folder)
        let manifest = try String(contentsOf: folder.appendingPathComponent("MANIFEST.tsv"), encoding: .utf8)
        let lines = manifest.split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
        #expect(!lines.isEmpty)
        for line in lines where line.count >= 4 {
            let heard = try Self.digits(in: folder.appendingPathComponent("\(line[0]).raw"))
            #expect(heard == String(line[3]), "\(line[0]): \(line[1])")
        }
        if folder.lastPathComponent.hasPrefix(Self.prefix) { try FileManager.default.removeItem(at: folder) }
    }

    /// What the detector hears in a file of 16-bit samples at 8 kHz, taken in 20 ms at a time.
    private static func digits(in file: URL) throws -> String {
        let bytes = [UInt8](try Data(contentsOf: file))
        var detector = DTMFToneDetector()
        var changes: [DTMFToneDetector.Change] = []
        for start in stride(from: 0, to: bytes.count - 1, by: 320) {
            let frame = stride(from: start, to: min(start + 320, bytes.count - 1), by: 2).map { index in
                Int16(bitPattern: UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8)
            }
            detector.receive(frame, into: &changes)
        }
        let digits = changes.compactMap { change -> UInt8? in
            if case .began(let digit) = change { digit } else { nil }
        }
        return String(decoding: digits, as: UTF8.self)
    }
}
