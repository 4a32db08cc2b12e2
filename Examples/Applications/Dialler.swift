// 18. Outbound dialler. Not dialled: start it with outbound parameters "2025550101,2025550102" and the delimiter ","
import Martlet

/// Calls the number in its outbound parameters and finds out who answers: a person hears a message that 1 confirms, an
/// answering machine gets it after its beep, a fax machine nothing. The result is 0 for confirmed, 1 for heard, 2 for busy,
/// 3 for no answer, 4 for anything else, 5 for left on a machine, 6 for a fax.
struct Dialler: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let channel = run.channel
        let destination = run.outboundParameters ?? ""
        let state = try await channel.call(to: destination, timeout: .seconds(30), detecting: .standard())
        guard state == .answered else {
            switch channel.cause {
            case .busy: return 2
            case .noAnswer, .timeout: return 3
            default: return 4
            }
        }
        switch channel.details.farEnd {
        case .answerMachine:
            // Greetings are longer than the 10 seconds that the wait has otherwise.
            if try await channel.waitForAnswerMachine(.init(timeout: .seconds(30))) {
                try await channel.say("Your parcel is here.")
            }
            try await channel.hangUp()
            return 5
        case .faxMachine:
            try await channel.hangUp()
            return 6
        case .live, .unknown, nil: break
        }
        try await channel.say("Your parcel is here. Press one if you will come today.", bargeIn: .anyDigit)
        let digit = try await channel.dtmfDetector.getDigits(count: 1, predigits: .seconds(5))
        if digit == "1" { try await channel.say("We look forward to it.") }
        try await channel.hangUp()
        return digit == "1" ? 0 : 1
    }
}
