import Audio
import Foundation
import MediaSessions

/// Greets, beeps, records into `voicemail/<caller>-<time>-<run>.wav` until three seconds of silence, and deletes what is
/// only silence. The greeting is the parameter `greeting`, a file of the media folder or a text to say, or else the file
/// `voicemail.wav`; where there is none, the beep comes at once. Any digit skips it, and the square ends the recording.
struct Voicemail: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let channel = run.channel
        try await channel.answerUnlessAnswered()
        try await greet(run)
        let caller = channel.details.callFrom.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(32)
        let time = Date().formatted(Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted))
        let name = "voicemail/\(caller.isEmpty ? "unknown" : String(caller))-\(time)-\(run.id).wav"
        var options = RecordingOptions()
        options.timeout = .seconds(180)
        options.maximumSilence = .seconds(3)
        options.initialSilence = .seconds(10)
        options.bargeIn = .digits(Array("#".utf8))
        let cause = try await channel.fileRecorder.record(name, options, beep: .beep)
        run.logger.info("recorded", metadata: ["file": "\(name)", "cause": "\(cause)"])
        if channel.fileRecorder.audioDetectedInRecording == false { try run.files.delete(name) }
        if channel.state == .answered { try await channel.hangUp() }
        return 0
    }

    private func greet(_ run: ApplicationRun) async throws {
        let greeting = run.parameters["greeting"] ?? "voicemail.wav"
        do {
            guard let isThere = try? run.files.exists(greeting) else {
                return _ = try await run.channel.say(greeting, bargeIn: .anyDigit)
            }
            if isThere || run.parameters["greeting"] != nil {
                try await run.channel.filePlayer.play(greeting, bargeIn: .anyDigit)
            }
        } catch let error as CallError where error.code == .error {
            run.logger.warning("no greeting", metadata: ["reason": "\(error)"])
        }
    }
}
