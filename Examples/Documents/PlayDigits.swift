// Document 004, "play". Dial this with: martlet call sip:2040@127.0.0.1 --duration 5s
import Martlet

/// Sends the digits of the parameter `digits`, or 1234#, and hangs up. The result is 0 for NORMAL.
///
///     cause = channel.DTMFPlayer.play(digits='1234#')
struct PlayDigits: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let channel = run.channel
        try await channel.answer()
        try await run.sleep(for: .milliseconds(500))
        let cause = try await channel.dtmfPlayer.play(run.parameters["digits"] ?? "1234#")
        try await run.sleep(for: .milliseconds(500))
        try await channel.hangUp()
        return cause == .normal ? 0 : 1
    }
}
