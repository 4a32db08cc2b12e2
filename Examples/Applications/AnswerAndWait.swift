// 1. Answer and wait. Dial this with: martlet call sip:101@127.0.0.1 --duration 3s
import Martlet

/// Rings for two seconds, answers, and stays until the caller hangs up.
struct AnswerAndWait: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        try await run.channel.ring(for: .seconds(2))
        try await run.channel.answer()
        try await run.channel.waitForIdle()
        return 0
    }
}
