// 10. Follow me. Dial this with: martlet call sip:110@127.0.0.1 --duration 10s
import Martlet

/// Calls the numbers in the parameter `numbers`, separated by blanks, one after the other, 20 seconds each, while the
/// caller hears it ring; the first who answers is connected.
struct FollowMe: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let (channel, other) = (run.channel, run.extraChannels[0])
        try await channel.answer()
        for number in (run.parameters["numbers"] ?? "").split(separator: " ") {
            let state = try await withThrowingTaskGroup(of: ChannelState?.self) { group in
                group.addTask {
                    try await channel.tonePlayer.play(.ringing)
                    return nil
                }
                group.addTask { try await other.call(to: String(number), timeout: .seconds(20)) }
                var state: ChannelState?
                while state == nil, let next = try await group.next() { state = next }
                channel.tonePlayer.stop()
                return state
            }
            run.logger.info("tried", metadata: ["number": "\(number)", "cause": "\(other.cause)"])
            guard state == .answered else { continue }
            try await channel.connect(other)
            try await channel.waitForIdle()
            return 0
        }
        try await channel.tonePlayer.play(.busy, for: .seconds(3))
        try await channel.hangUp()
        return 1
    }
}
