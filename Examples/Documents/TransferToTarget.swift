// Document 001, "retrievable transfer". Dial this with: martlet call sip:2010@127.0.0.1 --duration 20s
import Martlet

/// Transfers the caller to the parameter `to`, within `seconds`; the caller hears the ringback tone of `tone` while the target
/// rings, and has no audio of this channel while they talk. When the target hangs up, or after `recall` seconds, the
/// caller is back and hears a beep. The result is 0 for a caller who came back, 1 for one who hung up, and 20 and more for
/// the cause of a transfer that failed, in the document's order.
///
///     state = channel.retrievable_transfer(other_call, 'sip:3301@127.0.0.1:5060;user=phone')
///     if state != channel.State.TRANSFERRED:
///         cause = channel.transfer_cause()
///         print("could not transfer the call, reason is {0}".format(cause))
struct TransferToTarget: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let (channel, otherCall) = (run.channel, run.extraChannels[0])
        try await channel.answer()
        let state = try await channel.retrievableTransfer(
            to: run.parameters["to"] ?? "sip:3301@127.0.0.1:5060;user=phone", from: run.parameters["from"] ?? "",
            using: otherCall, ringbackTone: run.parameters["tone"].flatMap { ToneCatalogue()[$0] },
            timeout: Self.seconds(run.parameters["seconds"]) ?? CallChannel.defaultTimeout)
        if state != .transferred {
            let cause = channel.transferCause
            print("could not transfer the call, reason is \(cause.name)")
            if channel.state == .answered { try await channel.hangUp() }
            return 20 + Int(cause.rawValue)
        }
        guard try await hasNoAudio(channel) else { return 9 }
        let back = try await channel.waitForTransferredCallRetrieval(timeout: Self.seconds(run.parameters["recall"]))
        if back == .transferred { try await channel.retrieveTransferredCall() }
        guard channel.state == .answered else { return 1 }
        try await channel.tonePlayer.play(.beep)
        // What a telephone has buffered is heard no more when the call is over.
        try await run.sleep(for: .milliseconds(300))
        try await channel.hangUp()
        return 0
    }

    /// "This channel cannot be used to play or record audio (the audio path is no longer available)".
    private func hasNoAudio(_ channel: CallChannel) async throws -> Bool {
        do {
            try await channel.tonePlayer.play(.beep)
            return false
        } catch let error as CallError where error.code == .error {
            return true
        }
    }

    private static func seconds(_ text: String?) -> Duration? { text.flatMap { Int($0) }.map { .seconds($0) } }
}
