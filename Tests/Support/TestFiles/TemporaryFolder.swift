import Foundation

/// A folder of its own for one test, removed with it.
public final class TemporaryFolder: Sendable {
    /// The folder.
    public let path = NSTemporaryDirectory() + "martlet-test-\(UUID().uuidString)"

    /// Makes the folder.
    public init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes a file and returns its path.
    public func write(_ text: String, to name: String = "martlet.yaml") throws -> String {
        try write(Data(text.utf8), to: name)
    }

    /// Writes a file and returns its path.
    public func write(_ data: Data, to name: String) throws -> String {
        try data.write(to: URL(fileURLWithPath: "\(path)/\(name)"))
        return "\(path)/\(name)"
    }
}
