import Audio

/// Asks the caller's telephone by REFER to call the number in its parameter `to` itself, which ends this call. Where that
/// comes to nothing within the parameter `timeout`, in seconds, the caller hears the busy tone.
struct BlindTransfer: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let channel = run.channel
        guard let target = run.parameters["to"] else {
            try await channel.reject(cause: .unobtainable)
            return 1
        }
        let seconds = run.parameters["timeout"].flatMap { Int($0) } ?? 60
        try await channel.answerUnlessAnswered()
        guard try await channel.blindTransfer(to: target, timeout: .seconds(seconds)) == .answered else { return 0 }
        run.logger.info("not transferred", metadata: ["cause": "\(channel.transferCause.name)"])
        try await channel.tonePlayer.play(.busy, for: .seconds(3))
        try await channel.hangUp()
        return 2
    }
}
