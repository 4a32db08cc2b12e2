import MediaSessions

/// Answers and sends back what it hears.
struct Echo: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        try await run.channel.answerUnlessAnswered()
        try await run.channel.echo()
        try await run.channel.waitForIdle()
        return 0
    }
}
