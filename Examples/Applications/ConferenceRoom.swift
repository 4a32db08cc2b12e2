// 15. Conference room. Dial this with: martlet call sip:115@127.0.0.1 --dtmf 4711 --duration 20s
import Martlet

/// Asks for the room's PIN, four digits: those of the parameter `leader` begin the conference and end it, those of `pin`
/// let a guest in, who hears it ring until the leader is there. In the room 0 mutes, 1 speaks again, the square leaves.
struct ConferenceRoom: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let channel = run.channel
        try await channel.answer()
        guard let lifetime = try await lifetime(run) else {
            try await channel.say("Goodbye.")
            try await channel.hangUp()
            return 1
        }
        var media = ConferencePartyMediaSettings(exitOnDTMFDigit: "#")
        media.muteOnDTMFDigits.setDigits(mute: "0", unmute: "1")
        media.onExitMedia = .text("Somebody has left.")
        try await channel.joinConference("room\(channel.details.callTo)", lifetime: lifetime, media: media)
        let departure = await channel.waitForConferenceExit()
        guard channel.state == .answered else { return 0 }
        try await channel.say(departure == .roomEnded ? "The conference is over." : "Goodbye.")
        try await channel.hangUp()
        return 0
    }

    /// What the caller's PIN makes of the conference; nil for one who has none.
    private func lifetime(_ run: ApplicationRun) async throws -> ConferenceLifetimeControl? {
        for _ in 0..<3 {
            try await run.channel.say("Please enter your PIN.", bargeIn: .anyDigit)
            let digits = try await run.channel.dtmfDetector.getDigits(count: 4, predigits: .seconds(5))
            if digits == run.parameters["leader"] {
                return ConferenceLifetimeControl(startOnEntry: true, destroyOnExit: true)
            }
            if digits == run.parameters["pin"] {
                return ConferenceLifetimeControl(startOnEntry: false, destroyOnExit: false)
            }
        }
        return nil
    }
}
