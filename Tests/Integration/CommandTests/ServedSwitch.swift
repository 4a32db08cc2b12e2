import Foundation
import TestFiles

/// A `martlet serve` in a process of its own.
final class ServedSwitch {
    /// The line that said that it was ready.
    let readyLine: String
    private let process = Process()
    private let output = Pipe()
    private let log: URL

    /// Starts the switch in `folder` and waits for its first line, which is empty where it ends before it is ready.
    init(in folder: TemporaryFolder, variables: [String: String] = [:]) throws {
        log = URL(fileURLWithPath: folder.path + "/serve.log")
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        process.executableURL = URL(fileURLWithPath: BuiltProduct.path("martlet"))
        process.arguments = ["serve"]
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.environment = ["MARTLET_HTTP_LISTEN": "http:127.0.0.1:0"].merging(variables) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: log)
        try process.run()
        var line = Data()
        while !line.contains(UInt8(ascii: "\n")) {
            let chunk = output.fileHandleForReading.availableData
            if chunk.isEmpty { break }
            line += chunk
        }
        readyLine = String(decoding: line, as: UTF8.self)
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// The UDP port that it listens on.
    var port: UInt16 {
        let start = readyLine.range(of: "sip=udp:127.0.0.1:").map { $0.upperBound } ?? readyLine.endIndex
        return UInt16(readyLine[start...].prefix { $0.isNumber }) ?? 0
    }

    /// What it logged so far.
    var logged: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits for its end; gives the exit status and what it wrote to standard output after the first line.
    func end() -> (status: Int32, output: String) {
        let rest = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: rest, as: UTF8.self))
    }
}
