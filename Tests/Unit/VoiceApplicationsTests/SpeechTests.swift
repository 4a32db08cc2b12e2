import Audio
import CallControl
import Foundation
import MediaSessions
import Testing

@testable import VoiceApplications

/// A folder with a program that stands for the engine: a shell script that gets espeak-ng's arguments.
private func withEngine<Result>(
    _ script: String, capacity: Int = 1 << 20, _ body: (Speech, URL) async throws -> Result
) async throws -> Result {
    try await withFolder { folder in
        let program = folder.appending(path: "engine")
        try Data("#!/bin/sh\n\(script)\n".utf8).write(to: program)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path())
        let cache = SpeechCache(folder: folder.appending(path: "cache"), capacity: capacity)
        return try await body(Speech(SpeechEngine(program: program), cache), folder)
    }
}

/// Writes a WAV file of 20 ms to the file behind `-w`, a line to `runs`, and its input to `input`.
private let honest = """
    folder=$(dirname "$0"); echo "$2" >> "$folder/runs"; cat > "$folder/input"; cp "$folder/speech.wav" "$7"
    """

@Suite struct SpeechTests {
    private func lines(_ place: URL) -> [String] {
        ((try? String(contentsOf: place, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
    }

    @Test("a text is spoken once and comes from the cache from then on; another voice is another text")
    func cached() async throws {
        try await withEngine(honest) { speech, folder in
            try Data(WAVEWriter.file([Int16](repeating: 7, count: 160))).write(to: folder.appending(path: "speech.wav"))
            let first = try await speech.clip("-x hello")
            #expect(first.samples == [Int16](repeating: 7, count: 160))
            #expect(try await speech.clip("-x hello") == first)
            _ = try await speech.clip("-x hello", SpeechVoice(.german, .male))
            #expect(lines(folder.appending(path: "runs")) == ["en-us+f3", "de+m3"])
            #expect(lines(folder.appending(path: "input")) == ["-x hello"])
        }
    }

    @Test("the cache forgets what was not said for the longest time")
    func bounded() async throws {
        let file = WAVEWriter.file([Int16](repeating: 7, count: 160))
        try await withEngine(honest, capacity: file.count * 2) { speech, folder in
            try Data(file).write(to: folder.appending(path: "speech.wav"))
            for text in ["one", "two", "one", "three", "one"] { _ = try await speech.clip(text) }
            let kept = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "cache").path())
            #expect(kept.count == 2)
            _ = try await speech.clip("one")
            #expect(lines(folder.appending(path: "runs")).count == 3, "one, two and three were spoken once each")
        }
    }

    @Test(
        "what cannot be said is an error that says why",
        arguments: [
            ("", "nothing to say"), (" \n\u{7}", "nothing to say"), (String(repeating: "a", count: 4_001), "4001"),
        ]
    )
    func refused(text: String, reason: String) async throws {
        try await withEngine("exit 9") { speech, _ in
            let error = await #expect(throws: CallError.self) { try await speech.clip(text) }
            #expect(error?.message.contains(reason) == true)
        }
    }

    @Test("an engine that fails, or makes no audio, is an error, and leaves no file behind")
    func failing() async throws {
        for (script, reason) in [("exit 9", "status 9"), ("echo noise > \"$7\"", "no audio")] {
            try await withEngine(script) { speech, folder in
                let error = await #expect(throws: CallError.self) { try await speech.clip("hello") }
                #expect(error?.message.contains(reason) == true)
                let left = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "cache").path())
                #expect(left.isEmpty)
            }
        }
    }

    @Test("without an engine the error says what to install")
    func missing() async throws {
        try await withFolder { folder in
            let speech = Speech(SpeechEngine(program: nil), SpeechCache(folder: folder, capacity: 1_000))
            let error = await #expect(throws: CallError.self) { try await speech.clip("hello") }
            #expect(error?.message.contains("apt-get install espeak-ng") == true)
        }
    }

    @Test("a hang-up ends the engine, and nothing is played")
    func hangUp() async throws {
        try await withEngine("mkfifo \"$(dirname \"$0\")/begun\"; read line < \"$(dirname \"$0\")/begun\"") {
            speech, folder in
            let lone = Lone(files: folder, speech: speech)
            let said = Task { try await lone.channel.say("hello") }
            let begun = folder.appending(path: "begun").path()
            while !FileManager.default.fileExists(atPath: begun) { await Task.yield() }
            lone.link.changed(report(.idle))
            await #expect(throws: CallError(.hangup, "the call ended")) { try await said.value }
        }
    }

    @Test("what is said is played, with volume and loop")
    func said() async throws {
        try await withEngine(honest) { speech, folder in
            try Data(WAVEWriter.file([Int16](repeating: 7, count: 160))).write(to: folder.appending(path: "speech.wav"))
            let lone = Lone(files: folder, speech: speech)
            async let cause = lone.channel.say("hello", volume: -6, loop: true, bargeIn: .anyDigit)
            guard case .play(let job, let play, .application) = await lone.port.media().command else {
                Issue.record("nothing was played")
                return
            }
            #expect(play.clips == [AudioClip([Int16](repeating: 7, count: 160))])
            #expect(play.repetitions == nil && play.volume == -6 && play.bargeIn == .anyDigit)
            lone.link.heard(.played(job, .bargeIn))
            #expect(try await cause == .bargeIn)
        }
    }

    @Test("say needs a call that is answered")
    func preconditions() async throws {
        await #expect(throws: CallError.self) { try await Lone(.idle).channel.say("hello") }
        for state in [ChannelState.idle, .ringIncoming, .transferred] {
            let error = await #expect(throws: CallError.self) { try await Lone(state).channel.say("hello") }
            #expect(error?.code == (state == .idle ? .hangup : .error))
        }
    }

    @Test(
        "every voice can be heard where espeak-ng is installed", .enabled(if: SpeechEngine().program != nil),
        arguments: SpeechVoice.all + [SpeechVoice(.mexicanSpanish), SpeechVoice(.frenchOfFrance, .male)])
    func realVoices(voice: SpeechVoice) async throws {
        try await withFolder { folder in
            let clip = try await MediaFiles(folder: folder).speech.clip("1 2 3", voice)
            #expect((4_000...32_000).contains(clip.sampleCount.value))
            #expect(ActivityDetector.meanSquare(clip.samples) > 10_000)
        }
    }

    @Test("every language has a voice of either gender, and names are found whatever their case")
    func voices() {
        for locale in SpeechLocale.allCases {
            for gender in SpeechGender.allCases {
                let voice = SpeechVoice(locale, gender)
                #expect(voice.locale == locale && voice.gender == gender)
            }
        }
        #expect(SpeechVoice(named: "KATRIN") == SpeechVoice(.german))
        #expect(SpeechVoice(named: "jorge", speaking: .mexicanSpanish)?.locale == .mexicanSpanish)
        #expect(SpeechVoice(named: "bridget", speaking: .americanEnglish)?.locale == .britishEnglish)
        #expect(SpeechVoice(named: "luca", speaking: .german)?.locale == .italian)
        #expect(SpeechVoice(named: "nobody") == nil)
    }
}
