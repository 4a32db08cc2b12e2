import Foundation
import Testing

@testable import VoiceApplications

@Suite struct ChildProgramTests {
    private func status(of program: ChildProgram) async throws -> Int32 {
        try await withCheckedThrowingContinuation { program.start($0) }
    }

    private func shell(_ script: String, input: Int32) -> ChildProgram {
        ChildProgram("/bin/sh", ["-c", script], input: input)
    }

    @Test("a program has its input and nothing else of this process, and its status is told")
    func alone() async throws {
        try await withFolder { folder in
            let source = folder.appending(path: "source")
            try Data("hello".utf8).write(to: source)
            let input = open(source.path(), O_RDONLY)
            let others = (0..<10).map { _ in dup(input) }
            defer { for descriptor in others + [input] { close(descriptor) } }
            let seen = folder.appending(path: "seen").path()
            let script = """
                cat > '\(seen).input'; for place in /proc/$$/fd/*; do echo ${place##*/}; done > '\(seen)'; exit 7
                """
            #expect(try await status(of: shell(script, input: input)) == 7)
            #expect(try String(contentsOfFile: "\(seen).input", encoding: .utf8) == "hello")
            // The shell itself opens the folder, and keeps an output while it writes another one.
            let open = try String(contentsOfFile: seen, encoding: .utf8).split(separator: "\n").compactMap { Int($0) }
            #expect(open.sorted().starts(with: [0, 1, 2]) && open.count <= 5)
        }
    }

    @Test("a program is ended before and after it has begun, and one that there is not is an error")
    func ended() async throws {
        let early = shell("exit 0", input: 0)
        early.end()
        await #expect(throws: CancellationError.self) { _ = try await status(of: early) }
        let late = shell("while :; do :; done", input: 0)
        async let ending = status(of: late)
        while !late.isRunning { await Task.yield() }
        late.end()
        #expect(try await ending == SIGKILL)
        late.end()
        await #expect(throws: CallError.self) {
            _ = try await status(of: ChildProgram("/none/program", [], input: 0))
        }
    }
}
