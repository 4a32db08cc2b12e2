// 25. Yes or no. Dial this with: martlet call sip:125@127.0.0.1 --dtmf 1
import Martlet

/// Asks a question that is answered by a digit, where speech recognition is not to be had: 1 is yes, 2 is no; everything
/// else is asked again. The result is 0 for yes, 1 for no, 2 for no answer.
struct YesOrNo: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let channel = run.channel
        try await channel.answer()
        for _ in 0..<3 {
            try await channel.say("Do you agree? Press one for yes, two for no.", bargeIn: .digits(Array("12".utf8)))
            let digit = try await channel.dtmfDetector.getDigits(clear: false, count: 1, predigits: .seconds(4))
            guard digit == "1" || digit == "2" else {
                try await channel.say("I did not understand.")
                continue
            }
            try await channel.say(digit == "1" ? "Yes." : "No.")
            try await channel.hangUp()
            return digit == "1" ? 0 : 1
        }
        try await channel.hangUp()
        return 2
    }
}
