// 19. Appointment reminder. Not dialled: start it with the number as its outbound parameters
import Martlet

/// Calls, and asks: 1 confirms, 2 asks for another date, 3 connects to the agent of the parameter `agent`. A line that is
/// busy is tried again after a minute, three times in all.
struct Reminder: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let channel = run.channel
        for attempt in 1...3 {
            if try await channel.call(to: run.outboundParameters ?? "", timeout: .seconds(30)) == .answered { break }
            guard channel.cause == .busy || channel.cause == .timeout, attempt < 3 else { return 9 }
            try await run.clock.sleep(for: .seconds(60))
        }
        try await channel.say("Your appointment is tomorrow at ten. One confirms, two moves it, three for an agent.")
        switch try await channel.dtmfDetector.getDigits(count: 1, predigits: .seconds(8)) {
        case "1":
            try await channel.say("See you tomorrow.")
            try await channel.hangUp()
            return 1
        case "2":
            try await channel.say("We will call you.")
            try await channel.hangUp()
            return 2
        case "3":
            let agent = run.extraChannels[0]
            guard try await agent.call(to: run.parameters["agent"] ?? "", timeout: .seconds(20)) == .answered else {
                return 4
            }
            try await channel.connect(agent)
            try await channel.waitForIdle()
            return 3
        default: return 0
        }
    }
}
