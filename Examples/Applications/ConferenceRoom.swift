// 15. Conference room. Dial this with: martlet call sip:115@127.0.0.1 --dtmf 4711 --duration 20s
import Martlet

/// Asks for the room's PIN, four digits: those of the parameter `leader` begin the conference and end it, those of `pin`
/// let a guest in, who hears it ring until the leader is there. In the room 0 mutes, 1 speaks again, the square leaves. The
/// caller is transferred into the room, and comes back with the square or with the end of the room.
struct ConferenceRoom: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let (channel, other) = (run.channel, run.extraChannels[0])
        try await channel.answer()
        guard let lifetime = try await lifetime(run) else {
            try await channel.say("Goodbye.")
            try await channel.hangUp()
            return 1
        }
        var media = ConferencePartyMediaSettings(exitOnDTMFDigit: "#")
        media.muteOnDTMFDigits.setDigits(mute: "0", unmute: "1")
        media.prefixMedia = .text("Caller \(channel.details.callFrom)")
        media.onEntryMedia = .text("is here.")
        media.onExitMedia = .text("has left.")
        let state = try await channel.transferToConferenceRoom(
            "room\(channel.details.callTo)", using: other, lifetime: lifetime, media: media)
        guard state == .transferred else {
            try await channel.say("The room is full.")
            try await channel.hangUp()
            return 2
        }
        guard try await channel.waitForTransferredCallRetrieval() == .answered else { return 0 }
        try await channel.say("Goodbye.")
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
