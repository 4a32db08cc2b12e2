// 15. Conference room. Dial this with: martlet call sip:115@127.0.0.1 --dtmf 4711 --duration 20s
import Martlet

/// Asks for the room's PIN, four digits of the parameter `pin`, and puts the caller into the room: 0 mutes, 1 speaks again,
/// the square leaves it.
struct ConferenceRoom: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let channel = run.channel
        try await channel.answer()
        guard try await knowsPIN(run) else {
            try await channel.say("Goodbye.")
            try await channel.hangUp()
            return 1
        }
        channel.dtmfDetector.clearDigits()
        try await channel.tonePlayer.play(.beep)
        try await channel.joinConference("room\(channel.details.callTo)")
        while channel.state == .answered {
            switch try await channel.dtmfDetector.getDigits(count: 1, predigits: .seconds(3600)) {
            case "0": channel.mute(true)
            case "1": channel.mute(false)
            case "#":
                channel.leaveConference()
                try await channel.say("Goodbye.")
                try await channel.hangUp()
                return 0
            default: break
            }
        }
        return 0
    }

    private func knowsPIN(_ run: ApplicationRun) async throws -> Bool {
        for _ in 0..<3 {
            try await run.channel.say("Please enter your PIN.", bargeIn: .anyDigit)
            let digits = try await run.channel.dtmfDetector.getDigits(count: 4, predigits: .seconds(5))
            if digits == run.parameters["pin"] { return true }
        }
        return false
    }
}
