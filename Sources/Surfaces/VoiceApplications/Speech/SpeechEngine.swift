import Foundation

/// The program that turns text into audio, run for one text at a time: espeak-ng, whose licence (GPL) keeps it out of this
/// process.
struct SpeechEngine: Sendable {
    /// Longest time for one text.
    private static let patience: Duration = .seconds(20)

    /// Names the engine in the keys of the cache.
    static let name = "espeak-ng"
    /// Where the program is; nil where it is not installed.
    let program: URL?

    /// The engine that is installed.
    init() { self.init(program: Self.find(Self.name)) }

    init(program: URL?) { self.program = program }

    /// Writes the WAV file of a text to `place`. Throws `CallError` where the program is missing or fails, and
    /// `CancellationError` where the task was cancelled, which ends the program.
    func speak(_ text: String, _ voice: SpeechVoice, to place: URL) async throws {
        guard let program else {
            throw CallError(.error, "say needs the program \(Self.name); install it with: apt-get install \(Self.name)")
        }
        // The text comes by standard input, so that none of it is taken for an option; from a file, so that a program that
        // ends before it has read it harms nobody.
        let source = place.appendingPathExtension("text")
        defer { try? FileManager.default.removeItem(at: source) }
        try Data(text.utf8).write(to: source)
        let input = try FileHandle(forReadingFrom: source)
        defer { try? input.close() }
        let arguments = [
            "-v", "\(Self.language(voice.locale))+\(voice.variant)", "-b", "1", "--stdin",
            "-w", place.path(percentEncoded: false),
        ]
        let status = try await Self.run(
            ChildProgram(program.path(percentEncoded: false), arguments, input: input.fileDescriptor))
        try Task.checkCancellation()
        guard status == 0 else { throw CallError(.error, "say failed: \(Self.name) ended with status \(status)") }
    }

    /// Starts the program and waits for its end, at most `patience`.
    private static func run(_ child: ChildProgram) async throws -> Int32 {
        let patience = Task {
            try await Task.sleep(for: Self.patience)
            child.end()
        }
        defer { patience.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { child.start($0) }
        } onCancel: {
            child.end()
        }
    }

    /// The voice of espeak-ng that speaks a language.
    private static func language(_ locale: SpeechLocale) -> String {
        switch locale {
        case .americanEnglish: "en-us"
        case .britishEnglish: "en-gb"
        case .spanish: "es"
        case .mexicanSpanish: "es-419"
        case .french, .frenchOfFrance: "fr-fr"
        case .german, .germanOfGermany: "de"
        case .italian, .italianOfItaly: "it"
        }
    }

    /// Where the shell would find a program.
    private static func find(_ name: String) -> URL? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        let places = path.split(separator: ":").map { URL(filePath: String($0)).appending(path: name) }
        return places.first { FileManager.default.isExecutableFile(atPath: $0.path(percentEncoded: false)) }
    }
}
