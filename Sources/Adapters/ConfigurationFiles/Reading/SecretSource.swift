import Foundation

/// Where a secret comes from: the text itself, `env:NAME` or `file:PATH`.
enum SecretSource {
    /// Why a secret could not be had; names the variable or the file, never the secret.
    struct Failure: Error {
        var reason: String
    }

    /// Longest secret in bytes.
    static let maximumSize = 4096

    /// The secret that `text` stands for; line ends at the end of a file are left out.
    static func resolve(_ text: String, environment: [String: String]) -> Result<String, Failure> {
        if text.hasPrefix("env:") {
            let name = String(text.dropFirst(4))
            guard let secret = environment[name], !secret.isEmpty else {
                return .failure(Failure(reason: "the environment variable \(name.quoted) is not set"))
            }
            return checked(secret, from: "the environment variable \(name.quoted)")
        }
        if text.hasPrefix("file:") {
            return fromFile(String(text.dropFirst(5)))
        }
        return checked(text, from: "the value")
    }

    private static func fromFile(_ path: String) -> Result<String, Failure> {
        let data: Data
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            data = try handle.read(upToCount: maximumSize + 2) ?? Data()
        } catch {
            return .failure(Failure(reason: "the file \(path.quoted) cannot be read: \(FileReason.text(of: error))"))
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            return .failure(Failure(reason: "the file \(path.quoted) is not UTF-8 text"))
        }
        let end = text.lastIndex { !$0.isNewline }.map { text.index(after: $0) } ?? text.startIndex
        return checked(String(text[..<end]), from: "the file \(path.quoted)")
    }

    private static func checked(_ secret: String, from source: String) -> Result<String, Failure> {
        guard !secret.isEmpty else { return .failure(Failure(reason: "\(source) holds an empty secret")) }
        let hasControls = secret.unicodeScalars.contains { $0.properties.generalCategory == .control }
        guard !hasControls, secret.utf8.count <= maximumSize else {
            return .failure(Failure(reason: "\(source) holds control characters or more than \(maximumSize) bytes"))
        }
        return .success(secret)
    }
}
