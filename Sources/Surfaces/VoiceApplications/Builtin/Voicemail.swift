import Audio
import Foundation
import MediaSessions

/// Beeps, records into `voicemail/<caller>-<time>-<run>.wav` until three seconds of silence, and deletes what is only silence.
struct Voicemail: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let channel = run.channel
        try await channel.answerUnlessAnswered()
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
}
