import Audio

/// Answers and plays 1000 Hz for ten seconds.
struct ToneForTenSeconds: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        try await run.channel.answerUnlessAnswered()
        try await run.channel.tonePlayer.play(.continuous(1000), for: .seconds(10))
        try await run.channel.hangUp()
        return 0
    }
}
