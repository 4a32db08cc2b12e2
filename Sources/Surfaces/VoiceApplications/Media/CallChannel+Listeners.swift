import Audio
import Foundation
import MediaSessions

extension CallChannel {
    /// Hears digits of the far end.
    public var dtmfDetector: DTMFDetecting { DTMFDetecting(channel: self) }
    /// Records what the far end says.
    public var fileRecorder: FileRecording { FileRecording(channel: self) }
    /// Records both directions while the call goes on.
    public var wholeCallRecorder: WholeCallRecording { WholeCallRecording(channel: self) }

    /// Whether events tell when the far end begins and ceases to speak.
    public func watchActivity(_ isOn: Bool) { link.ask(.watchActivity(isOn: isOn)) }

    /// Collects digits, from telephone events, SIP INFO and, where it was asked for, the audio.
    public struct DTMFDetecting: Sendable {
        let channel: CallChannel

        /// Why the last collection ended.
        public var cause: DigitCollector.Cause { channel.link.functions.digits }

        /// Waits for digits until there are `count`, the `end` digit comes, or a time is over; the end digit is left out.
        /// Without `predigits` it returns at once what is in the buffer.
        @inline(never)
        public func getDigits(
            clear: Bool = false, count: Int = 0, predigits: Duration? = nil, interdigit: Duration? = .seconds(5),
            end: Character? = nil, timeout: Duration? = nil
        ) async throws -> String {
            var request = DigitRequest(
                isClearing: clear, count: count, predigitsTimeout: predigits ?? .zero, interdigitTimeout: interdigit,
                end: end?.asciiValue)
            request.timeout = timeout
            channel.link.note { $0.digits = .none }
            switch await channel.link.run({ [request] in .collect($0, request) }, stop: .digitCollector) {
            case .collected(_, let digits, let cause):
                channel.link.note { $0.digits = cause }
                return String(decoding: digits, as: UTF8.self)
            case .refused(_, let refusal): throw CallError(refusal, "dtmfDetector.getDigits")
            default: throw CallError.stopping
            }
        }

        /// Empties the buffer.
        public func clearDigits() { channel.link.ask(.clearDigits) }

        /// Whether digits are looked for in the audio, too.
        public func hearTones(_ isOn: Bool) { channel.link.ask(.hearTones(isOn: isOn)) }
    }

    /// Records what the far end says into a file of the media folder.
    public struct FileRecording: Sendable {
        let channel: CallChannel

        public var state: FileRecorder.State {
            let record = channel.link.functions.fileRecorder
            return record.isRunning ? .recording : record.cause == .error ? .error : .idle
        }
        public var cause: FileRecorder.Cause { channel.link.functions.fileRecorder.cause }
        /// Whether anything was heard; nil before the first recording has ended.
        public var audioDetectedInRecording: Bool? {
            let functions = channel.link.functions
            return functions.fileRecorder.isRunning ? nil : functions.hasAudio
        }

        /// Records until a limit of `options` is reached, it is stopped, or the call ends; a beep may say that it begins.
        @discardableResult
        @inline(never)
        public func record(
            _ name: String, _ options: RecordingOptions = RecordingOptions(), beep: TonePlan? = nil
        ) async throws -> FileRecorder.Cause {
            let file = try RecordingFile(channel.files.url(of: name), for: .fileRecorder, in: channel.files)
            channel.link.note { $0.fileRecorder.begin() }
            let event = await channel.link.run(
                recordingTo: file, { .record($0, options, beep: beep) }, stop: .fileRecorder)
            var ending: (cause: FileRecorder.Cause, hasAudio: Bool)?
            if case .recorded(_, let cause, _, let hasAudio) = event { ending = (cause, hasAudio) }
            channel.link.note { [ending] in
                $0.fileRecorder.end(ending?.cause)
                if let ending { $0.hasAudio = ending.hasAudio }
            }
            await file.settled()
            switch event {
            case .recorded(_, let cause, _, _): return cause
            case .refused(_, let refusal): throw CallError(refusal, "fileRecorder.record")
            default: throw CallError.stopping
            }
        }

        public func stop() { channel.link.ask(.stop(.fileRecorder)) }
        public func pause() { channel.link.ask(.pause(.fileRecorder)) }
        public func resume() { channel.link.ask(.resume(.fileRecorder)) }
    }

    /// Records the whole call beside everything else.
    public struct WholeCallRecording: Sendable {
        let channel: CallChannel

        public var state: WholeCallRecorder.State {
            let record = channel.link.functions.callRecorder
            return record.isRunning ? .recording : record.cause == .error ? .error : .idle
        }
        public var cause: WholeCallRecorder.Cause { channel.link.functions.callRecorder.cause }

        /// Records until a limit is reached, it is stopped, or the call ends; run it in a child task.
        @discardableResult
        @inline(never)
        public func record(
            _ name: String, _ options: RecordingOptions = RecordingOptions(),
            channels: WholeCallRecorder.Channels = .mixed
        ) async throws -> WholeCallRecorder.Cause {
            let file = try RecordingFile(channel.files.url(of: name), for: .wholeCallRecorder, in: channel.files)
            channel.link.note { $0.callRecorder.begin() }
            let event = await channel.link.run(
                recordingTo: file, { .recordCall($0, options, channels) }, stop: .wholeCallRecorder)
            var ending: WholeCallRecorder.Cause?
            if case .callRecorded(_, let cause, _, _) = event { ending = cause }
            channel.link.note { [ending] in $0.callRecorder.end(ending) }
            await file.settled()
            switch event {
            case .callRecorded(_, let cause, _, _): return cause
            case .refused(_, let refusal): throw CallError(refusal, "wholeCallRecorder.record")
            default: throw CallError.stopping
            }
        }

        public func stop() { channel.link.ask(.stop(.wholeCallRecorder)) }
        public func pause() { channel.link.ask(.pause(.wholeCallRecorder)) }
        public func resume() { channel.link.ask(.resume(.wholeCallRecorder)) }
    }
}
