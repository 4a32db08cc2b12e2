// 12. Transfer with return. Dial this with: martlet call sip:112@127.0.0.1 --duration 20s
import Martlet

/// Transfers the caller to the number in the parameter `to`, with the ringing tone of the United Kingdom, and takes the
/// caller back when the target hangs up, as document 001 shows it.
struct TransferWithReturn: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let (channel, other) = (run.channel, run.extraChannels[0])
        try await channel.answer()
        try await channel.say("One moment please.")
        let state = try await channel.retrievableTransfer(
            to: run.parameters["to"] ?? "", using: other, ringbackTone: ToneCatalogue()["RINGBACK_UK"],
            timeout: .seconds(60))
        guard state == .transferred else {
            let cause = channel.transferCause
            run.logger.info("could not transfer the call", metadata: ["reason": "\(cause)"])
            try await channel.say(cause == .targetReject ? "They are busy." : "They do not answer.")
            try await channel.hangUp()
            return 1
        }
        if try await channel.waitForTransferredCallRetrieval() == .answered {
            try await channel.say("Is there anything else?")
            try await channel.hangUp()
        }
        return 0
    }
}
