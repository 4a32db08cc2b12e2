// 21. Call queue. Dial this with several of: martlet call sip:121@127.0.0.1 --duration 60s
import Martlet
import Synchronization

/// Callers wait in line for the one agent of the parameter `agent`: each hears how many are before, and music of two tones
/// between. Who is first is connected; after ten announcements the caller is let go.
struct CallQueue: VoiceApplication {
    /// Who waits, in order; shared by all runs.
    private static let line = Mutex<[String]>([])
    private static let music = AudioClip(
        TonePlan(
            [Tone(440, dBm0: -20), Tone(660, dBm0: -20)], cadences: [.init(on: .seconds(4), off: .seconds(1))],
            isRepeated: false))

    func main(_ run: ApplicationRun) async throws -> Int {
        let channel = run.channel
        try await channel.answer()
        Self.line.withLock { $0.append(run.id) }
        defer { Self.line.withLock { $0.removeAll { $0 == run.id } } }
        for _ in 0..<10 {
            let place = Self.line.withLock { $0.firstIndex(of: run.id) ?? 0 }
            if place == 0, try await isConnected(run) {
                try await channel.waitForIdle()
                return 0
            }
            try await channel.say(place == 0 ? "You are next." : "There are \(place) callers before you.")
            try await channel.filePlayer.play([Self.music], bargeIn: .anyDigit)
        }
        try await channel.say("Please call again.")
        try await channel.hangUp()
        return 1
    }

    private func isConnected(_ run: ApplicationRun) async throws -> Bool {
        let agent = run.extraChannels[0]
        let state = try await agent.call(to: run.parameters["agent"] ?? "", timeout: .seconds(15))
        guard state == .answered else { return false }
        return try await run.channel.connect(agent)
    }
}
