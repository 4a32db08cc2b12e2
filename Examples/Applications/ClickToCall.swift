// 22. Click to call. Not dialled: start it with "2025550101 2025550102" as its outbound parameters
import Martlet

/// Calls the first number, then the second, and connects them until one leaves.
struct ClickToCall: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let numbers = (run.outboundParameters ?? "").split(separator: " ").map(String.init)
        guard numbers.count == 2 else { return 9 }
        let (first, second) = (run.channel, run.extraChannels[0])
        guard try await first.call(to: numbers[0], timeout: .seconds(30)) == .answered else { return 1 }
        try await first.say("We are calling the other side.")
        guard try await second.call(to: numbers[1], timeout: .seconds(30)) == .answered else {
            try await first.say("The other side does not answer.")
            try await first.hangUp()
            return 2
        }
        try await first.connect(second)
        try await second.waitForIdle()
        try await first.hangUp()
        return 0
    }
}
