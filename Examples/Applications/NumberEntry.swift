// 4. Number entry. Dial this with: martlet call sip:104@127.0.0.1 --dtmf 4711#
import Martlet

/// Takes a number that ends with the square, says it back and has it confirmed with 1. The result is 0 for a confirmed
/// number, 1 where nothing came, 2 where the caller gave up.
struct NumberEntry: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let channel = run.channel
        try await channel.answer()
        for _ in 0..<3 {
            try await channel.say("Please enter your number, and then the square.", bargeIn: .anyDigit)
            let number = try await channel.dtmfDetector.getDigits(
                predigits: .seconds(10), interdigit: .seconds(3), end: "#")
            guard channel.dtmfDetector.cause == .end, !number.isEmpty else {
                try await channel.say("Nothing was entered.")
                continue
            }
            try await channel.say(
                "You entered \(number.map(String.init).joined(separator: " ")). Is that right? Press one.")
            if try await channel.dtmfDetector.getDigits(count: 1, predigits: .seconds(5)) == "1" {
                try await channel.say("Thank you.")
                try await channel.hangUp()
                return 0
            }
        }
        try await channel.hangUp()
        return 2
    }
}
