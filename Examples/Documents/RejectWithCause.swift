// Document 000, "reject", its first example. Dial this with: martlet call sip:2000@127.0.0.1
import Martlet

/// Rejects the call with BUSY, or with the cause that the parameter `cause` names, and waits where it is not cleared at once.
/// The result is 0 when the channel is IDLE with that cause.
///
///     # reject the call with BUSY
///     state = channel.reject(cause=channel.Cause.BUSY)
///     if state != channel.State.IDLE:
///         # wait for channel to go to idle
///         channel.wait_for_idle()
struct RejectWithCause: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let channel = run.channel
        let cause = ClearingCause.allCases.first { $0.name == run.parameters["cause"] } ?? .busy
        let state = try await channel.reject(cause: cause)
        if state != .idle { try await channel.waitForIdle() }
        return channel.state == .idle && channel.cause == cause ? 0 : 1
    }
}
