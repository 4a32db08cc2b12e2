import Audio
import CallControl
import MediaSessions
import SwitchEngine

/// Something that can be played: files, text to say, or a tone.
public enum PlayableMedia: Sendable {
    /// Files of the media folder, one after the other.
    case files([String])
    /// Text, in a voice.
    case text(String, voice: SpeechVoice = .standard)
    /// A tone, until it is stopped.
    case tone(TonePlan)

    /// One file of the media folder.
    public static func file(_ name: String) -> PlayableMedia { .files([name]) }
}

extension CallChannel {
    /// Tells the caller that it rings, and plays to it before the answer (183 with a description); `answer` or `reject`
    /// ends what is played.
    ///
    /// Goes on after `time`; nil waits for the end of what is played, zero not at all. What is played is repeated until
    /// then where `loops` says so, and with nil never. Where the caller can have no early media, which `details` tells, it
    /// only hears that it rings, and nil is as zero. Throws where the call is answered or gone, and where a file cannot
    /// be read.
    @discardableResult
    public func ring(
        for time: Duration? = .zero, playing media: PlayableMedia, loops: Bool = false, headers: [ChannelHeader] = []
    ) async throws -> ChannelState {
        let isRepeated = loops && time != nil
        let command = try await self.command(playing: media, isRepeated: isRepeated)
        var arguments = ChannelArguments()
        arguments.headers = headers
        let state = try await perform(.ring(withEarlyMedia: true, for: .zero), arguments)
        guard state == .ringIncoming else { return state }
        guard link.report.hasEarlyMedia else {
            return time.map { $0 > .zero } == true ? try await perform(.ringOn(for: time ?? .zero)) : state
        }
        guard let time else {
            if case .tone = media { return state }
            _ = await link.run(command, stop: .filePlayer)
            return self.state
        }
        link.begin(command)
        guard time > .zero else { return state }
        let after = try await perform(.ringOn(for: time))
        link.ask(.stop(.filePlayer))
        link.ask(.stop(.tonePlayer))
        return after
    }

    private func command(
        playing media: PlayableMedia, isRepeated: Bool
    ) async throws -> @Sendable (MediaJobID) -> PartyCommand {
        if case .tone(let plan) = media { return { .playTone($0, plan, timeout: nil, .signalling) } }
        let job = FilePlayer.Job(try await media.clips(in: files), repetitions: isRepeated ? nil : 1)
        return { .play($0, job, .signalling) }
    }
}
