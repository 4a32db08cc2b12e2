import Audio

/// Puts the caller into the room of the number that was dialled; the square leaves it.
struct Conference: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let channel = run.channel
        try await channel.answerUnlessAnswered()
        try await channel.tonePlayer.play(.beep)
        try await channel.joinConference(channel.details.callTo)
        while channel.state == .answered {
            _ = try await channel.dtmfDetector.getDigits(predigits: .seconds(3600), interdigit: nil, end: "#")
            if channel.dtmfDetector.cause == .end { break }
        }
        channel.leaveConference()
        try await channel.hangUp()
        return 0
    }
}
