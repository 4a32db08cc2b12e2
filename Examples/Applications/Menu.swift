// 3. IVR menu. Dial this with: martlet call sip:103@127.0.0.1 --dtmf 1
import Martlet

/// Asks for one digit, at most three times, and branches; the caller may press it before the prompt is over.
struct Menu: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let channel = run.channel
        try await channel.ring(for: .seconds(2))
        try await channel.answer()
        for _ in 0..<3 {
            try await channel.say("For opening hours press one, for our address press two.", bargeIn: .anyDigit)
            let digit = try await channel.dtmfDetector.getDigits(count: 1, predigits: .seconds(5))
            switch digit {
            case "1": try await channel.say("We are open from nine to five.")
            case "2": try await channel.say("We are at the harbour.")
            default: continue
            }
            try await channel.hangUp()
            return 0
        }
        try await channel.say("Goodbye.")
        try await channel.hangUp()
        return 1
    }
}
