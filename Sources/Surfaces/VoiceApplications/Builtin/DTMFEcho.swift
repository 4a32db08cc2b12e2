/// Collects digits up to the square and sends them back as digits, until nobody dials any more.
struct DTMFEcho: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let channel = run.channel
        try await channel.answerUnlessAnswered()
        while true {
            let digits = try await channel.dtmfDetector.getDigits(
                count: 32, predigits: .seconds(20), interdigit: .seconds(5), end: "#")
            guard !digits.isEmpty else { break }
            try await channel.dtmfPlayer.play(digits)
        }
        try await channel.hangUp()
        return 0
    }
}
