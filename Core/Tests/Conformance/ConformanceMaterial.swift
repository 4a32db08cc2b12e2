import Foundation

/// The folder of conformance data, which stays outside the repository: `MARTLET_CONFORMANCE`, by default
/// `../shared/conformance` beside the project.
enum ConformanceMaterial {
    static let root: URL? = {
        let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let given = ProcessInfo.processInfo.environment["MARTLET_CONFORMANCE"]
        let folder =
            given.map { URL(fileURLWithPath: $0) }
            ?? project.deletingLastPathComponent().appendingPathComponent("shared/conformance")
        if FileManager.default.fileExists(atPath: folder.path) { return folder }
        print("conformance material skipped: no folder \(folder.path) (set MARTLET_CONFORMANCE)")
        return nil
    }()

    /// Whether the data is there.
    static var isPresent: Bool { root != nil }

    /// The bytes of `torture/<set>/<name>.dat`; empty where the data is absent.
    static func message(_ set: String, _ name: String) -> [UInt8] {
        guard let file = root?.appendingPathComponent("torture/\(set)/\(name).dat"),
            let data = try? Data(contentsOf: file)
        else { return [] }
        return Array(data)
    }

    /// The names in a set, sorted.
    static func names(_ set: String) -> [String] {
        guard let folder = root?.appendingPathComponent("torture/\(set)"),
            let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        else { return [] }
        return files.filter { $0.hasSuffix(".dat") }.map { String($0.dropLast(4)) }.sorted()
    }

    /// The answers that `torture/<set>.expect.tsv` allows for each message.
    static func verdicts(_ set: String) -> [(name: String, allowed: [String])] {
        guard let file = root?.appendingPathComponent("torture/\(set).expect.tsv"),
            let text = try? String(contentsOf: file, encoding: .utf8)
        else { return [] }
        return text.split(separator: "\n").map { line in
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
            return (String(columns[0]), columns[2].split(separator: "|").map(String.init))
        }
    }
}
