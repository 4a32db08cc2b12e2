import Audio

/// Transfers the caller to the number in its parameter `to` or `number`, with ringback, and takes the caller back when the
/// target hangs up; a beep says so, and the call ends. Where the transfer fails, the caller hears the busy tone.
struct RetrievableTransfer: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let channel = run.channel
        guard let target = run.parameters["to"] ?? run.parameters["number"], let other = run.extraChannels.first else {
            try await channel.reject(cause: .unobtainable)
            return 1
        }
        try await channel.answerUnlessAnswered()
        let state = try await channel.retrievableTransfer(
            to: target, from: channel.details.callFrom, using: other, timeout: .seconds(60))
        guard state == .transferred else {
            run.logger.info("not transferred", metadata: ["cause": "\(channel.transferCause.name)"])
            try await channel.tonePlayer.play(.busy, for: .seconds(3))
            try await channel.hangUp()
            return 2
        }
        if try await channel.waitForTransferredCallRetrieval() == .answered {
            try await channel.tonePlayer.play(.beep)
            // What a telephone has buffered is heard no more when the call is over.
            try await run.sleep(for: .milliseconds(300))
            try await channel.hangUp()
        }
        return 0
    }
}
