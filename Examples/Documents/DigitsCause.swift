// Document 004, "class Cause". Dial this with: martlet call sip:2041@127.0.0.1 --duration 10s
import Martlet

/// Asks again and again how a play job is: NONE while it goes on, then why it ended. The result is 0 for NORMAL, 1 where the
/// caller hung up in the middle, 2 for ERROR, 3 for TIMEOUT; 9 where PLAYING was not seen before NORMAL, or after the end.
///
///     state = channel.DTMFPlayer.state()
///     if state != channel.DTMFPlayer.State.PLAYING:
///         cause = channel.DTMFPlayer.cause()
///         if cause == channel.DTMFPlayer.Cause.NORMAL:
///             # DTMF replay finished normally
///             pass
struct DigitsCause: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let channel = run.channel
        try await channel.answer()
        async let job = channel.dtmfPlayer.play("12,34")
        var wasPlaying = false
        // The end of the call cancels the run, and what the last job came to can be asked for even then.
        while !Task.isCancelled, channel.dtmfPlayer.cause == .none {
            if channel.dtmfPlayer.state == .playing { wasPlaying = true }
            try? await run.sleep(for: .milliseconds(20))
        }
        _ = try? await job
        guard channel.dtmfPlayer.state != .playing else { return 9 }
        switch channel.dtmfPlayer.cause {
        case .normal: return wasPlaying ? 0 : 9
        case .hangup: return 1
        case .error: return 2
        case .timeout, .none: return 3
        }
    }
}
