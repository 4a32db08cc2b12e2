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

    /// Plays files: WAV, mono, in six encodings at four rates.
    public struct FilePlaying: Sendable {
        let channel: CallChannel

        /// What the player does.
        public var state: FilePlayer.State { channel.link.functions.filePlays > 0 ? .playing : .idle }
        /// Why the last play ended; `none` while it goes on.
        public var cause: FilePlayer.Cause { channel.link.functions.filePlayer }

        /// Plays a file of the media folder, or several one after the other, and returns why it ended.
        @discardableResult
        public func play(
            _ names: String..., bargeIn: BargeIn = .off, repetitions: Int? = 1, volume: Double = 0
        ) async throws -> FilePlayer.Cause {
            let clips = try names.map { try channel.files.clip($0) }
            return try await play(clips, bargeIn: bargeIn, repetitions: repetitions, volume: volume)
        }

        /// Plays audio that is in memory.
        @discardableResult
        public func play(
            _ clips: [AudioClip], bargeIn: BargeIn = .off, repetitions: Int? = 1, volume: Double = 0
        ) async throws -> FilePlayer.Cause {
            let job = FilePlayer.Job(clips, repetitions: repetitions, bargeIn: bargeIn, volume: volume)
            channel.link.note { ($0.filePlays, $0.filePlayer) = ($0.filePlays + 1, .none) }
            let event = await channel.link.run({ .play($0, job, .application) }, stop: .filePlayer)
            channel.link.note { $0.filePlays -= 1 }
            switch event {
            case .played(_, let cause):
                channel.link.note { $0.filePlayer = cause }
                return cause
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

        public var state: TonePlayer.State { channel.link.functions.tonePlays > 0 ? .playing : .idle }
        public var cause: TonePlayer.Cause { channel.link.functions.tonePlayer }

        /// Plays a tone until it is over, at most for `time`.
        @discardableResult
        public func play(_ plan: TonePlan, for time: Duration? = nil) async throws -> TonePlayer.Cause {
            channel.link.note { ($0.tonePlays, $0.tonePlayer) = ($0.tonePlays + 1, .none) }
            let event = await channel.link.run(
                { .playTone($0, plan, timeout: time, .application) }, stop: .tonePlayer)
            channel.link.note { $0.tonePlays -= 1 }
            switch event {
            case .tonePlayed(_, let cause):
                channel.link.note { $0.tonePlayer = cause }
                return cause
            case .refused(_, let refusal): throw CallError(refusal, "tonePlayer.play")
            default: throw CallError.stopping
            }
        }

        public func stop() { channel.link.ask(.stop(.tonePlayer)) }
    }

    /// Sends digits, as document 004 says.
    public struct DTMFPlaying: Sendable {
        let channel: CallChannel

        public var state: DTMFPlayer.State { channel.link.functions.digitPlays > 0 ? .playing : .idle }
        public var cause: DTMFPlayer.Cause { channel.link.functions.dtmfPlayer }

        /// Sends at most 32 of `0123456789ABCD*#` and commas, each of which delays what follows by 0.5 seconds.
        @discardableResult
        public func play(_ digits: String) async throws -> DTMFPlayer.Cause {
            let bytes = Array(digits.utf8)
            if channel.state == .answered {
                do throws(MediaRefusal) {
                    try DTMFPlayer.check(bytes)
                } catch {
                    throw CallError(error, "dtmfPlayer.play")
                }
            }
            channel.link.note { ($0.digitPlays, $0.dtmfPlayer) = ($0.digitPlays + 1, .none) }
            let event = await channel.link.run({ .playDigits($0, bytes) }, stop: nil)
            channel.link.note { $0.digitPlays -= 1 }
            switch event {
            case .digitsPlayed(_, let cause):
                channel.link.note { $0.dtmfPlayer = cause }
                return cause
            case .refused(_, let refusal): throw CallError(refusal, "dtmfPlayer.play")
            default: throw CallError.stopping
            }
        }
    }
}
