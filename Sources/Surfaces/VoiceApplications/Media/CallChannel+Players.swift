import Audio
import Foundation
import MediaSessions

extension CallChannel {
    /// Plays files to the far end.
    public var filePlayer: FilePlaying { FilePlaying(channel: self) }
    /// Plays tones to the far end.
    public var tonePlayer: TonePlaying { TonePlaying(channel: self) }
    /// Sends digits to the far end.
    public var dtmfPlayer: DTMFPlaying { DTMFPlaying(channel: self) }

    /// Plays files: WAV, in six encodings, and MP3.
    public struct FilePlaying: Sendable {
        let channel: CallChannel

        /// What the player does; `error` where the last job failed.
        public var state: FilePlayer.State {
            let record = channel.link.functions.filePlayer
            return record.isRunning ? .playing : record.cause == .error ? .error : .idle
        }
        /// Why the last play ended; `none` while it goes on.
        public var cause: FilePlayer.Cause { channel.link.functions.filePlayer.cause }

        /// Plays a file of the media folder, or several one after the other, and returns why it ended.
        @discardableResult
        @inline(never)
        public func play(
            _ names: String..., bargeIn: BargeIn = .off, repetitions: Int? = 1, volume: Double = 0
        ) async throws -> FilePlayer.Cause {
            let clips = try names.map { try channel.files.clip($0) }
            return try await play(clips, bargeIn: bargeIn, repetitions: repetitions, volume: volume)
        }

        /// Plays audio that is in memory.
        @discardableResult
        @inline(never)
        public func play(
            _ clips: [AudioClip], bargeIn: BargeIn = .off, repetitions: Int? = 1, volume: Double = 0
        ) async throws -> FilePlayer.Cause {
            let job = FilePlayer.Job(clips, repetitions: repetitions, bargeIn: bargeIn, volume: volume)
            channel.link.note { $0.filePlayer.begin() }
            let event = await channel.link.run({ .play($0, job, .application) }, stop: .filePlayer)
            var ending: FilePlayer.Cause?
            if case .played(_, let cause) = event { ending = cause }
            channel.link.note { [ending] in $0.filePlayer.end(ending) }
            switch event {
            case .played(_, let cause): return cause
            case .refused(_, let refusal): throw CallError(refusal, "filePlayer.play")
            default: throw CallError.stopping
            }
        }

        /// Ends what is played.
        public func stop() { channel.link.ask(.stop(.filePlayer)) }
    }

    /// Plays tones: those of the catalogue, and an application's own.
    public struct TonePlaying: Sendable {
        let channel: CallChannel

        public var state: TonePlayer.State {
            let record = channel.link.functions.tonePlayer
            return record.isRunning ? .playing : record.cause == .error ? .error : .idle
        }
        public var cause: TonePlayer.Cause { channel.link.functions.tonePlayer.cause }

        /// Plays a tone until it is over, at most for `time`.
        @discardableResult
        @inline(never)
        public func play(_ plan: TonePlan, for time: Duration? = nil) async throws -> TonePlayer.Cause {
            channel.link.note { $0.tonePlayer.begin() }
            let event = await channel.link.run(
                { .playTone($0, plan, timeout: time, .application) }, stop: .tonePlayer)
            var ending: TonePlayer.Cause?
            if case .tonePlayed(_, let cause) = event { ending = cause }
            channel.link.note { [ending] in $0.tonePlayer.end(ending) }
            switch event {
            case .tonePlayed(_, let cause): return cause
            case .refused(_, let refusal): throw CallError(refusal, "tonePlayer.play")
            default: throw CallError.stopping
            }
        }

        public func stop() { channel.link.ask(.stop(.tonePlayer)) }
    }

    /// Sends digits, as document 004 says.
    public struct DTMFPlaying: Sendable {
        let channel: CallChannel

        public var state: DTMFPlayer.State {
            let record = channel.link.functions.dtmfPlayer
            return record.isRunning ? .playing : record.cause == .error ? .error : .idle
        }
        public var cause: DTMFPlayer.Cause { channel.link.functions.dtmfPlayer.cause }

        /// Sends at most 32 of `0123456789ABCD*#` and commas, each of which delays what follows by 0.5 seconds. A task
        /// that is cancelled sends no more than the digit under way; the cause is `normal` then, too.
        @discardableResult
        @inline(never)
        public func play(_ digits: String) async throws -> DTMFPlayer.Cause {
            let bytes = Array(digits.utf8)
            if channel.state == .answered {
                do throws(MediaRefusal) {
                    try DTMFPlayer.check(bytes)
                } catch {
                    throw CallError(error, "dtmfPlayer.play")
                }
            }
            channel.link.note { $0.dtmfPlayer.begin() }
            let event = await channel.link.run({ .playDigits($0, bytes) }, stop: .dtmfPlayer)
            var ending: DTMFPlayer.Cause?
            if case .digitsPlayed(_, let cause) = event { ending = cause }
            channel.link.note { [ending] in $0.dtmfPlayer.end(ending) }
            switch event {
            case .digitsPlayed(_, let cause): return cause
            case .refused(_, let refusal): throw CallError(refusal, "dtmfPlayer.play")
            default: throw CallError.stopping
            }
        }
    }
}
