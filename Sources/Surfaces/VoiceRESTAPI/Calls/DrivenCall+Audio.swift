import Audio
import CallControl
import CallEvents
import VoiceApplications

/// What is played, spoken and sent to the far end.
extension DrivenCall {
    /// Longest text of digits to send.
    public static let mostDigits = 92

    /// Plays a prompt in place of what is playing, and returns when it begins. Throws where the call is not active, its
    /// audio is joined with another's, or there is no audio.
    public func start(_ prompt: Prompt) async throws(RESTError) {
        let clip = try await audio(of: prompt)
        // Whoever gave it up while its audio was made hears none of it.
        if Task.isCancelled { _ = try freeChannel() } else { try begin(prompt, clip) }
    }

    /// The audio of a prompt that is about to be played. Throws as `start`.
    func audio(of prompt: Prompt) async throws(RESTError) -> AudioClip {
        _ = try freeChannel()
        return try await services.clip(of: prompt, for: terms.user)
    }

    /// Plays a prompt in place of what is playing, and returns when it is over.
    public func play(_ prompt: Prompt) async throws(RESTError) {
        try await start(prompt)
        if !Task.isCancelled { await player?.finished() }
    }

    /// Ends what is played. Throws where nothing is; `isSpoken` tells which kind is meant, nil any.
    public func stopPlaying(spoken isSpoken: Bool? = nil) throws(RESTError) {
        guard let player, isSpoken == nil || player.isSpoken == isSpoken else {
            _ = try activeChannel()
            throw RESTError(.callAudioInvalidState, "Nothing is being played to the call \(id)")
        }
        player.stop()
    }

    /// The channel of an active call that is not joined with another one's.
    private func freeChannel() throws(RESTError) -> CallChannel {
        let channel = try activeChannel()
        guard channel.details.connectedTo == nil else {
            throw RESTError(.callAudioInvalidState, "The call \(id) is connected to another one; end that first")
        }
        return channel
    }

    /// Plays the audio of a prompt in place of what is playing. Throws as `start`.
    @discardableResult
    func begin(_ prompt: Prompt, _ clip: AudioClip) throws(RESTError) -> PromptPlay {
        let channel = try freeChannel()
        let isInRoom = room != nil
        let before = player
        before?.stop()
        let number = playCount + 1
        playCount = number
        let play = PromptPlay(isSpoken: prompt.isSpoken) {
            await before?.finished()
            await self.tell(prompt, .started)
            if Task.isCancelled {
                // It was stopped before it could begin.
            } else if isInRoom {
                _ = try? await channel.playInConference(
                    [clip], repetitions: prompt.repetitions, volume: prompt.gain)
            } else {
                _ = try? await channel.filePlayer.play([clip], repetitions: prompt.repetitions, volume: prompt.gain)
            }
            await self.tell(prompt, .done)
            await self.played(number)
        }
        player = play
        return play
    }

    private func tell(_ prompt: Prompt, _ status: PlayStatus) {
        guard prompt.isTold else { return }
        let (now, tag) = (self.now, prompt.tag ?? tag)
        if prompt.isSpoken {
            stream.publish(.speak(SpeakEvent(named, status, tag: tag)), at: now)
        } else {
            stream.publish(.playback(PlaybackEvent(named, status, tag: tag)), at: now)
        }
        step(prompt.isSpoken ? "speak" : "playback", status == .started ? "start" : "done")
    }

    private func played(_ number: Int) {
        if number == playCount { player = nil }
    }

    // MARK: Digits

    /// Sends digits as `send(digits:)`, and returns when that has begun.
    func sendSoon(digits: String) throws(RESTError) {
        try check(digits)
        guard try activeChannel().details.connectedTo == nil else {
            throw RESTError(.sendDTMFFailure, "The call \(id) is connected to another one; end that first")
        }
        let before = sending
        sending = Task {
            await before?.value
            try? await self.send(digits: digits)
        }
    }

    private func check(_ digits: String) throws(RESTError) {
        let allowed = Set("0123456789ABCD#*,wW")
        guard (1...Self.mostDigits).contains(digits.count), digits.allSatisfy(allowed.contains) else {
            throw .invalid("dtmfOut", "1 to \(Self.mostDigits) of 0-9, A-D, #, *, comma, w and W")
        }
    }

    /// Sends digits; `,` and `w` are half a second of silence, `W` a whole one. Returns when they have been sent.
    public func send(digits: String) async throws(RESTError) {
        try check(digits)
        let channel = try activeChannel()
        let plain = digits.replacing("W", with: ",,").replacing("w", with: ",")
        do {
            // The channel takes 32 at a time.
            var rest = plain[...]
            while !rest.isEmpty {
                _ = try await channel.dtmfPlayer.play(String(rest.prefix(32)))
                rest = rest.dropFirst(32)
            }
        } catch {
            throw RESTError(.sendDTMFFailure, "The digits could not be sent: \(error)")
        }
    }
}
