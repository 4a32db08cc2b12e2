// 13. Recall by the application. Dial this with: martlet call sip:113@127.0.0.1 --duration 30s
import Martlet

/// Transfers the caller as number 12 does, and takes the call back itself after ten seconds.
struct Recall: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let (channel, other) = (run.channel, run.extraChannels[0])
        try await channel.answer()
        let state = try await channel.retrievableTransfer(to: run.parameters["to"] ?? "", using: other)
        guard state == .transferred else {
            try await channel.hangUp()
            return 1
        }
        let back = try await channel.waitForTransferredCallRetrieval(timeout: .seconds(10))
        guard back == .transferred else { return 2 }
        try await channel.retrieveTransferredCall()
        try await channel.say("Your time is over.")
        try await channel.hangUp()
        return 0
    }
}
