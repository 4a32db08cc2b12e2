import Audio

/// Calls the number in its parameter `to`, and when that has answered asks the caller's telephone by REFER to take over
/// that call (REFER with Replaces); both calls end here then. Where that comes to nothing, the caller hears the busy tone.
struct AttendedTransfer: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let channel = run.channel
        guard let target = run.parameters["to"], let other = run.extraChannels.first else {
            try await channel.reject(cause: .unobtainable)
            return 1
        }
        try await channel.answerUnlessAnswered()
        let consulted = try await other.call(to: target, from: channel.details.callFrom, timeout: .seconds(60))
        if consulted == .answered {
            guard try await channel.attendedTransfer(to: other) == .answered else { return 0 }
            run.logger.info("not transferred", metadata: ["cause": "\(channel.transferCause.name)"])
            try await other.hangUp()
        }
        try await channel.tonePlayer.play(.busy, for: .seconds(3))
        try await channel.hangUp()
        return 2
    }
}
