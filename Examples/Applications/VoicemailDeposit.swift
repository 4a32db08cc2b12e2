// 5. Voicemail deposit. Dial this with: martlet call sip:105@127.0.0.1 --play message.wav
import Martlet

/// Greets, beeps and records until three seconds of silence, a digit or the end of the call; what is empty is deleted,
/// everything else goes to the mailbox of the number that was dialled.
struct VoicemailDeposit: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let channel = run.channel
        try await channel.answer()
        try await channel.say("Nobody is here. Please leave a message after the tone.", bargeIn: .anyDigit)
        let draft = "drafts/\(run.id).wav"
        var options = RecordingOptions(.aLaw, timeout: .seconds(120), maximumSilence: .seconds(3), bargeIn: .anyDigit)
        options.maximumBytes = 1 << 20
        let cause = try await channel.fileRecorder.record(draft, options, beep: .beep)
        guard channel.fileRecorder.audioDetectedInRecording == true else {
            try run.files.delete(draft)
            if channel.state == .answered { try await channel.hangUp() }
            return 1
        }
        let name = "mailbox/\(channel.details.callTo)/\(run.id).wav"
        try run.files.rename(draft, to: name)
        run.logger.info("a message", metadata: ["file": "\(name)", "ended": "\(cause)"])
        if channel.state == .answered {
            try await channel.say("Thank you. Goodbye.")
            try await channel.hangUp()
        }
        return 0
    }
}
