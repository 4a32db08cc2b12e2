// Document 004, "class State" and "play". Dial this with: martlet call sip:2042@127.0.0.1 --duration 10s
import Martlet

/// Asks for everything that the document refuses, and once for what it allows. The result is 0 where each was refused as it
/// says, else the number of the first that was not.
///
///     state = channel.DTMFPlayer.state()
///     if state == channel.DTMFPlayer.State.ERROR:
///         # a DTMF replay job failed due to an error.
///         pass
struct DigitsState: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let (channel, other) = (run.channel, run.extraChannels[0])
        // "If the call state is IDLE, this function will raise a Hangup exception."
        guard await refusal(of: "1", on: other) == .hangup else { return 1 }
        // "If the call state is not IDLE but also not ANSWERED, this function will raise an Error exception."
        guard await refusal(of: "1", on: channel) == .error else { return 2 }
        try await channel.answer()
        guard channel.dtmfPlayer.state == .idle, channel.dtmfPlayer.cause == .none else { return 3 }
        // "If the play state is already PLAYING, this function will raise an Error exception."
        async let job = channel.dtmfPlayer.play("0123456789ABCD*#")
        while channel.dtmfPlayer.state != .playing { try await run.sleep(for: .milliseconds(20)) }
        guard await refusal(of: "1", on: channel) == .error, channel.dtmfPlayer.state == .playing else { return 4 }
        guard try await job == .normal, channel.dtmfPlayer.state == .idle else { return 5 }
        // "The maximum length allowed for the digit string is 32."
        let longest = String(repeating: "5", count: 32)
        guard await refusal(of: longest + "5", on: channel) == .error else { return 6 }
        // "If the digit string contains an invalid character, this function will raise an Error exception."
        for digits in ["12E", "a", " ", "1-2", "１", "w"] {
            guard await refusal(of: digits, on: channel) == .error else { return 7 }
        }
        guard channel.dtmfPlayer.state != .error else { return 8 }
        guard try await isRefusedWhileConnected(run) else { return 9 }
        try await channel.dtmfPlayer.play(longest)
        try await channel.hangUp()
        return await refusal(of: "1", on: channel) == .hangup ? 0 : 10
    }

    /// "If the call channel already has an external audio source, e.g, it is connected to another call channel, this function
    /// will raise an Error exception."
    private func isRefusedWhileConnected(_ run: ApplicationRun) async throws -> Bool {
        guard let target = run.parameters["to"] else { return true }
        let (channel, other) = (run.channel, run.extraChannels[0])
        guard try await other.call(to: target) == .answered, try await channel.connect(other) else { return false }
        let code = await refusal(of: "1", on: channel)
        try await channel.disconnect()
        try await other.hangUp()
        return code == .error
    }

    /// How the player refuses digits; nil where it sends them.
    private func refusal(of digits: String, on channel: CallChannel) async -> CallError.Code? {
        do {
            try await channel.dtmfPlayer.play(digits)
            return nil
        } catch {
            return (error as? CallError)?.code
        }
    }
}
