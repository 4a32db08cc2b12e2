// Document 000, "reject", its second example. Dial this with: martlet call sip:2001@127.0.0.1
import Martlet

/// Rejects the call with 301, or with the parameter `raw`: a redirection cannot be sent, which leads to ERROR, and the call is
/// rejected with REJECTED instead. The result is 0 where that is how it went, 1 where the raw cause was sent.
///
///     # reject the call fails
///     state = channel.reject(raw_cause=301)
///     if state != channel.State.IDLE:
///         if state == channel.State.ERROR:
///             channel.reject()
///         # wait for channel to go to idle
///         channel.wait_for_idle()
struct RejectFails: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let channel = run.channel
        var hasFailed = false
        let state = try await channel.reject(rawCause: run.parameters["raw"] ?? "301")
        if state != .idle {
            if state == .error {
                hasFailed = true
                try await channel.reject()
            }
            try await channel.waitForIdle()
        }
        return hasFailed ? 0 : 1
    }
}
