// 11. Parallel ring. Dial this with: martlet call sip:111@127.0.0.1 --duration 10s
import Martlet

/// Rings up to three numbers of the parameter `numbers` at the same time; the first who answers is connected, the others
/// stop ringing.
struct ParallelRing: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let channel = run.channel
        try await channel.ring()
        let numbers = (run.parameters["numbers"] ?? "").split(separator: " ").map(String.init)
        let attempts = Array(zip(run.extraChannels, numbers))
        for (extra, number) in attempts { try await extra.startCall(to: number) }
        let winner = try await firstAnswer(attempts.map(\.0))
        for (extra, _) in attempts where extra.id != winner?.id { try await extra.hangUp() }
        guard let winner else {
            try await channel.reject(cause: .noAnswer)
            return 1
        }
        try await channel.answer()
        try await channel.connect(winner)
        try await channel.waitForIdle()
        return 0
    }

    /// The first of the calls that is answered; nil where none is within 30 seconds.
    private func firstAnswer(_ channels: [CallChannel]) async throws -> CallChannel? {
        try await withThrowingTaskGroup(of: CallChannel?.self) { group in
            for channel in channels {
                group.addTask {
                    try await channel.waitForAnswer(timeout: .seconds(30)) == .answered ? channel : nil
                }
            }
            defer { group.cancelAll() }
            while let found = try await group.next() {
                if let found { return found }
            }
            return nil
        }
    }
}
