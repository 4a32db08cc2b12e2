// 14. Transfer to another inbound service. Dial this with: martlet call sip:114@127.0.0.1 (and press 2 in the menu)
import Martlet

/// Hands the caller to the application of the account that the parameter `service` names, as a call of its own, and says
/// goodbye when that hangs up.
struct TransferToService: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let (channel, other) = (run.channel, run.extraChannels[0])
        try await channel.answer()
        try await channel.say("We are putting you through.")
        let service = run.parameters["service"] ?? ""
        guard try await channel.transferToInboundService(using: other, service: service) == .transferred else {
            run.logger.info("no service", metadata: ["service": "\(service)", "reason": "\(channel.transferCause)"])
            try await channel.say("They are closed.")
            try await channel.hangUp()
            return 1
        }
        if try await channel.waitForTransferredCallRetrieval() == .answered {
            try await channel.say("Thank you for calling.")
            try await channel.hangUp()
        }
        return 0
    }
}
