import Audio
import Foundation

/// Plays a prompt, takes one digit and branches: 1 the tone, 2 digits echoed, 3 voicemail, 4 a conference, 5 a transfer,
/// 6 the echo; anything else is the busy tone, and the prompt again. The prompt is `front-desk.wav` of the media
/// folder, or four tones where there is none. Three times nothing, and it hangs up. With the parameter `tones: "true"`
/// digits are heard in the audio, too; `record` names a folder of the media folder in which every call is recorded.
struct FrontDesk: VoiceApplication {
    private static let branches: [Character: @Sendable () -> any VoiceApplication] = [
        "1": { ToneForTenSeconds() }, "2": { DTMFEcho() }, "3": { Voicemail() }, "4": { ConferenceByNumber() },
        "5": { RetrievableTransfer() }, "6": { Echo() },
    ]

    func main(_ run: ApplicationRun) async throws -> Int {
        let channel = run.channel
        try await channel.ring()
        try await channel.answer()
        if run.parameters["tones"] == "true" { channel.dtmfDetector.hearTones(true) }
        guard let folder = run.parameters["record"] else { return try await serve(run) }
        async let recording = channel.wholeCallRecorder.record("\(folder)/\(run.id).wav")
        let result = try await serve(run)
        channel.wholeCallRecorder.stop()
        _ = try await recording
        return result
    }

    private func serve(_ run: ApplicationRun) async throws -> Int {
        let channel = run.channel
        for _ in 0..<3 {
            try await playPrompt(run)
            let digit = try await channel.dtmfDetector.getDigits(count: 1, predigits: .seconds(5))
            guard let first = digit.first else { continue }
            if let branch = Self.branches[first] { return try await branch().main(run) }
            try await channel.tonePlayer.play(.busy, for: .seconds(1))
        }
        try await channel.hangUp()
        return 1
    }

    private func playPrompt(_ run: ApplicationRun) async throws {
        let clips: [AudioClip]
        if try run.files.exists("front-desk.wav") {
            clips = [try run.files.clip("front-desk.wav")]
        } else {
            clips = [700, 900, 1100, 1300].map { AudioClip(.once($0, for: .milliseconds(200))) }
        }
        try await run.channel.filePlayer.play(clips, bargeIn: .anyDigit)
    }
}
