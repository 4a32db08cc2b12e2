import Foundation

/// One program of this package that ran to its end: its status and everything it wrote.
public struct ProgramRun: Sendable {
    /// The exit status; the number of the signal where one ended it.
    public let status: Int32
    /// What it wrote to standard output.
    public let output: String
    /// What it wrote to standard error.
    public let errors: String

    /// Runs `program` in `folder` with nothing in its environment but `variables`, and waits for its end.
    public init(
        _ program: String, _ arguments: [String], in folder: TemporaryFolder, variables: [String: String] = [:]
    ) throws {
        let name = UUID().uuidString
        let process = Process()
        process.executableURL = URL(fileURLWithPath: BuiltProduct.path(program))
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.environment = variables
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: Self.file(folder, "\(name).out"))
        process.standardError = try FileHandle(forWritingTo: Self.file(folder, "\(name).err"))
        try process.run()
        process.waitUntilExit()
        status = process.terminationStatus
        output = try String(contentsOf: Self.file(folder, "\(name).out"), encoding: .utf8)
        errors = try String(contentsOf: Self.file(folder, "\(name).err"), encoding: .utf8)
        for suffix in ["out", "err"] { try FileManager.default.removeItem(atPath: "\(folder.path)/\(name).\(suffix)") }
    }

    private static func file(_ folder: TemporaryFolder, _ name: String) -> URL {
        let path = "\(folder.path)/\(name)"
        if !FileManager.default.fileExists(atPath: path) {
            _ = FileManager.default.createFile(atPath: path, contents: nil)
        }
        return URL(fileURLWithPath: path)
    }
}
