import Audio

/// Answers and plays 1000 Hz for ten seconds. The parameter `tone` names a tone of the catalogue instead, such as
/// `RINGBACK_UK`, and `seconds` another length.
struct ToneForTenSeconds: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let tone = run.parameters["tone"].map { ToneCatalogue()[$0] } ?? .continuous(1000)
        let seconds = run.parameters["seconds"].map { Int($0) } ?? 10
        guard let tone, let seconds, (1...3600).contains(seconds) else {
            try await run.channel.reject(cause: .unobtainable)
            return 1
        }
        try await run.channel.answerUnlessAnswered()
        try await run.channel.tonePlayer.play(tone, for: .seconds(seconds))
        try await run.channel.hangUp()
        return 0
    }
}
