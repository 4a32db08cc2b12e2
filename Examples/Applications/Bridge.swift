// 9. Bridge. Dial this with: martlet call sip:109@127.0.0.1 --duration 10s
import Martlet

/// Calls the agent in the parameter `agent`, joins both, records the conversation, and ends both when one leaves.
struct Bridge: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let (channel, agent) = (run.channel, run.extraChannels[0])
        try await channel.answer()
        let state = try await agent.call(to: run.parameters["agent"] ?? "", timeout: .seconds(30))
        guard state == .answered, try await channel.connect(agent) else {
            try await channel.say("Nobody is free.")
            try await channel.hangUp()
            return 1
        }
        let recording = "bridges/\(run.id).wav"
        async let recorded = channel.wholeCallRecorder.record(recording, RecordingOptions(), channels: .separate)
        try await firstToLeave(channel, agent)
        for side in [channel, agent] where side.state == .answered { try await side.hangUp() }
        let cause = try await recorded
        run.logger.info("recorded", metadata: ["file": "\(recording)", "ended": "\(cause)"])
        return 0
    }

    /// Waits until one of two calls is gone.
    private func firstToLeave(_ one: CallChannel, _ other: CallChannel) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for side in [one, other] { group.addTask { try await side.waitForIdle() } }
            try await group.next()
            group.cancelAll()
        }
    }
}
