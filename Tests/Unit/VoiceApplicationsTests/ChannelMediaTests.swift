import Audio
import CallControl
import Foundation
import MediaSessions
import SwitchEngine
import Testing

@testable import VoiceApplications

@Suite("The media of a call channel", .timeLimit(.minutes(5)))
struct ChannelMediaTests {
    private static let clip = AudioClip(.once(700, for: .milliseconds(200)))

    /// Starts a function, and answers its job with `event`.
    private func answered<Value: Sendable>(
        _ lone: Lone, _ event: (MediaJobID) -> PartyEvent,
        _ function: @escaping @Sendable (CallChannel) async throws -> Value
    ) async throws -> Value {
        let channel = lone.channel
        let task = Task { try await function(channel) }
        let job = try #require(await lone.port.media().command.job)
        lone.link.heard(event(job))
        return try await task.value
    }

    @Test("Every cause of a player is returned and remembered, and afterwards it is idle")
    func players() async throws {
        let lone = Lone()
        for cause in FilePlayer.Cause.allCases {
            let found = try await answered(lone, { .played($0, cause) }) { try await $0.filePlayer.play([Self.clip]) }
            #expect(found == cause)
            #expect(lone.channel.filePlayer.cause == cause)
        }
        for cause in TonePlayer.Cause.allCases {
            let found = try await answered(lone, { .tonePlayed($0, cause) }) { try await $0.tonePlayer.play(.beep) }
            #expect(found == cause)
            #expect(lone.channel.tonePlayer.cause == cause)
        }
        for cause in DTMFPlayer.Cause.allCases {
            let found = try await answered(lone, { .digitsPlayed($0, cause) }) { try await $0.dtmfPlayer.play("12,#") }
            #expect(found == cause)
            #expect(lone.channel.dtmfPlayer.cause == cause)
        }
        for cause in DigitCollector.Cause.allCases {
            let digits = try await answered(lone, { .collected($0, Array("5*".utf8), cause) }) {
                try await $0.dtmfDetector.getDigits(count: 2)
            }
            #expect(digits == "5*")
            #expect(lone.channel.dtmfDetector.cause == cause)
        }
        #expect(lone.channel.filePlayer.state == .idle)
        #expect(lone.channel.tonePlayer.state == .idle)
        #expect(lone.channel.dtmfPlayer.state == .idle)
    }

    @Test(
        "Every refusal is thrown by every function, as hangup where there is no call and as error otherwise",
        arguments: [
            MediaRefusal.hangup, .notAnswered, .alreadyPlaying, .alreadyRecording, .alreadyCollecting, .externalSource,
            .tooLong(40), .invalidCharacter(0x45), .nothingToPlay, .noSuchParty, .roomIsFull,
        ])
    func refusals(_ refusal: MediaRefusal) async throws {
        let functions: [@Sendable (CallChannel) async throws -> Void] = [
            { try await $0.filePlayer.play([Self.clip]) }, { try await $0.tonePlayer.play(.beep) },
            { try await $0.dtmfPlayer.play("1") }, { _ = try await $0.dtmfDetector.getDigits(count: 1) },
            { try await $0.fileRecorder.record("a.wav") }, { try await $0.wholeCallRecorder.record("b.wav") },
            { try await $0.echo() }, { try await $0.joinConference("x") },
        ]
        try await withFolder { folder in
            for function in functions {
                let lone = Lone(files: folder)
                let error = await #expect(throws: CallError.self) {
                    try await answered(lone, { .refused($0, refusal) }, function)
                }
                #expect(error?.code == (refusal == .hangup ? .hangup : .error))
                #expect(error?.message.isEmpty == false)
                #expect(lone.channel.filePlayer.state == .idle && lone.channel.fileRecorder.state == .idle)
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.path())
            #expect(left.isEmpty)
        }
    }

    @Test("A job that failed leaves ERROR until the next one; a job that is refused is not remembered")
    func failed() async throws {
        let lone = Lone()
        _ = try await answered(lone, { .digitsPlayed($0, .error) }) { try await $0.dtmfPlayer.play("12") }
        #expect(lone.channel.dtmfPlayer.state == .error && lone.channel.dtmfPlayer.cause == .error)
        _ = try await answered(lone, { .digitsPlayed($0, .normal) }) { try await $0.dtmfPlayer.play("12") }
        #expect(lone.channel.dtmfPlayer.state == .idle)
        await #expect(throws: CallError.self) {
            try await answered(lone, { .refused($0, .externalSource) }) { try await $0.dtmfPlayer.play("12") }
        }
        #expect(lone.channel.dtmfPlayer.state == .idle && lone.channel.dtmfPlayer.cause == .normal)
        for digits in [String(repeating: "1", count: 33), "12E", "1 2", "١"] {
            await #expect(throws: CallError.self) { try await lone.channel.dtmfPlayer.play(digits) }
        }
        #expect(lone.channel.dtmfPlayer.cause == .normal)
        _ = try await answered(lone, { .played($0, .error) }) { try await $0.filePlayer.play([Self.clip]) }
        #expect(lone.channel.filePlayer.state == .error)
    }

    @Test("A second play that is refused leaves the first PLAYING")
    func second() async throws {
        let lone = Lone()
        let channel = lone.channel
        let first = Task { try await channel.filePlayer.play([Self.clip]) }
        let job = try #require(await lone.port.media().command.job)
        await #expect(throws: CallError.self) {
            try await answered(lone, { .refused($0, .alreadyPlaying) }) { try await $0.filePlayer.play([Self.clip]) }
        }
        #expect(channel.filePlayer.state == .playing)
        lone.link.heard(.played(job, .bargeIn))
        #expect(try await first.value == .bargeIn)
        #expect(channel.filePlayer.state == .idle)
    }

    @Test("A play whose task is cancelled is stopped, and returns what came of that")
    func cancelled() async throws {
        let lone = Lone()
        let channel = lone.channel
        let task = Task { try await channel.filePlayer.play([Self.clip]) }
        let job = try #require(await lone.port.media().command.job)
        task.cancel()
        guard case .stop(.filePlayer) = await lone.port.media().command else {
            Issue.record("it was not stopped")
            return
        }
        lone.link.heard(.played(job, .aborted))
        #expect(try await task.value == .aborted)
    }

    @Test("Whatever of the media a cancelled task waits for is stopped, and returns what came of that")
    func cancelledEverywhere() async throws {
        let verbs:
            [(MediaFunction, @Sendable (CallChannel) async throws -> Void, @Sendable (MediaJobID) -> PartyEvent)] = [
                (.tonePlayer, { try await $0.tonePlayer.play(.beep) }, { .tonePlayed($0, .aborted) }),
                (.dtmfPlayer, { try await $0.dtmfPlayer.play("123") }, { .digitsPlayed($0, .normal) }),
                (.farEndDetector, { _ = try await $0.waitForAnswerMachine() }, { .answerMachine($0, isReady: false) }),
            ]
        for (function, verb, event) in verbs {
            let lone = Lone()
            let channel = lone.channel
            let task = Task { try await verb(channel) }
            let job = try #require(await lone.port.media().command.job)
            task.cancel()
            guard case .stop(function) = await lone.port.media().command else {
                Issue.record("\(function) was not stopped")
                continue
            }
            lone.link.heard(event(job))
            try await task.value
        }
    }

    @Test(
        "Digits that document 004 does not allow are refused before anything is sent",
        arguments: [
            "E", "a", "1 2", String(repeating: "1", count: 33), "é",
        ])
    func wrongDigits(_ digits: String) async {
        let lone = Lone()
        let error = await #expect(throws: CallError.self) { try await lone.channel.dtmfPlayer.play(digits) }
        #expect(error?.code == .error)
        #expect(lone.channel.dtmfPlayer.state == .idle)
    }

    // MARK: Recordings

    @Test("A recording is written in the order of its pieces, and whether it had sound is known")
    func recording() async throws {
        try await withFolder { folder in
            let lone = Lone(files: folder)
            let channel = lone.channel
            let task = Task { try await channel.fileRecorder.record("in/a.wav") }
            let job = try #require(await lone.port.media().command.job)
            #expect(channel.fileRecorder.state == .recording)
            for (bytes, offset) in [([1, 1, 1], 0), ([2, 2], 3), ([3], 5), ([9], 1)] as [([UInt8], Int)] {
                lone.link.heard(.write(job, bytes, offset: offset))
            }
            lone.link.heard(.recorded(job, .silence, duration: .seconds(1), hasAudio: true))
            #expect(try await task.value == .silence)
            #expect(try Data(contentsOf: folder.appending(path: "in/a.wav")) == Data([1, 9, 1, 2, 2, 3]))
            #expect(channel.fileRecorder.audioDetectedInRecording == true)
            #expect(channel.fileRecorder.state == .idle)
        }
    }

    @Test("A recording that is cut, because its channel stops, holds every piece that came before")
    func cut() async throws {
        try await withFolder { folder in
            let file = try RecordingFile(
                folder.appending(path: "a.wav"), for: .fileRecorder, in: MediaFiles(folder: folder))
            file.write([1, 2], at: 0) { _ in Issue.record("failed") }
            file.write([3], at: 2) { _ in Issue.record("failed") }
            file.close()
            await file.settled()
            #expect(try Data(contentsOf: folder.appending(path: "a.wav")) == Data([1, 2, 3]))
        }
    }

    @Test("A file that cannot be written is reported once, and the rest is left")
    func unwritable() async throws {
        try await withFolder { folder in
            let place = folder.appending(path: "a.wav")
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            let (failures, sink) = AsyncStream<MediaFunction>.makeStream()
            let file = try RecordingFile(place, for: .wholeCallRecorder, in: MediaFiles(folder: folder))
            for offset in 0..<3 { file.write([1], at: offset) { sink.yield($0) } }
            await file.settled()
            sink.finish()
            var found: [MediaFunction] = []
            for await failure in failures { found.append(failure) }
            #expect(found == [.wholeCallRecorder])
        }
    }

    @Test("A recording that is refused leaves a file of the same name as it was")
    func refusedRecording() async throws {
        try await withFolder { folder in
            let place = folder.appending(path: "a.wav")
            try Data([7]).write(to: place)
            let lone = Lone(files: folder)
            await #expect(throws: CallError.self) {
                try await answered(lone, { .refused($0, .alreadyRecording) }) {
                    try await $0.fileRecorder.record("a.wav")
                }
            }
            #expect(try Data(contentsOf: place) == Data([7]))
        }
    }
}
